package io.aktnode.ops.doctor;

import io.aktnode.nn.kernel.Device;
import io.aktnode.nn.kernel.SelfCheck;
import io.aktnode.ops.config.SettingsException;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Backend, instruction set, oneDNN, kernels, drawing. */
final class EngineChecks {

    private static final double LARGEST_ERROR = 1e-4;
    private static final Pattern PRIMITIVE =
            Pattern.compile("(?:dnnl|onednn)_verbose,exec,cpu,convolution,([^,]+),");

    private final Optional<Device> device;
    private final String deviceProblem;

    /**
     * @param deviceSetting {@code auto}, {@code cpu} or {@code cuda:N}
     * @throws SettingsException for any other text
     */
    EngineChecks(String deviceSetting) {
        Optional<Device> chosen = Optional.empty();
        String problem = "";
        try {
            chosen = Optional.of(Device.choose(deviceSetting));
        } catch (Device.UnusableException e) {
            problem = e.getMessage();
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage(), e);
        }
        this.device = chosen;
        this.deviceProblem = problem;
    }

    List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        findings.add(deviceFinding());
        if (device.isEmpty()) {
            return findings;
        }
        try {
            device.get().start();
            SelfCheck.Loaded loaded = SelfCheck.loaded();
            findings.add(backend(loaded));
            findings.add(oneDnn());
            findings.add(kernels(loaded));
        } catch (RuntimeException | LinkageError e) {
            findings.add(
                    Finding.fail(
                            "backend",
                            "ND4J does not start: " + e,
                            "check that ~/.javacpp is writable and the C++ runtime is installed"));
        }
        findings.add(drawing());
        return findings;
    }

    private Finding deviceFinding() {
        if (device.isEmpty()) {
            return Finding.fail("device", deviceProblem, "");
        }
        return device.get()
                .why()
                .map(why -> Finding.warn("device", why, "nothing, if that is what you want"))
                .orElseGet(() -> Finding.ok("device", device.get().name()));
    }

    private static Finding backend(SelfCheck.Loaded loaded) {
        double error = SelfCheck.convolutionError();
        String found =
                String.format(
                        Locale.ROOT,
                        "%s, %s, convolution off by %.1e",
                        loaded.backend(),
                        loaded.instructionSet(),
                        error);
        if (!(error < LARGEST_ERROR)) {
            return Finding.fail(
                    "backend", found, "this machine computes wrong numbers: do not use");
        }
        return loaded.instructionSet().contains("no oneDNN")
                ? Finding.warn("backend", found, "the CPU has no AVX2; expect a tenth of the speed")
                : Finding.ok("backend", found);
    }

    private static Finding kernels(SelfCheck.Loaded loaded) {
        return loaded.vectorKernels()
                ? Finding.ok("fused kernels", "Vector API")
                : Finding.warn(
                        "fused kernels",
                        "plain Java",
                        "start with ./akt-node, on a JDK with jdk.incubator.vector");
    }

    /** oneDNN only tells what it does when asked before it starts, so another process is. */
    private static Finding oneDnn() {
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ConvolutionProbe.class.getName());
            builder.environment().put("DNNL_VERBOSE", "1");
            builder.environment().put("ONEDNN_VERBOSE", "1");
            builder.redirectErrorStream(true);
            Process process = builder.start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            Matcher used = PRIMITIVE.matcher(output);
            return used.find()
                    ? Finding.ok("oneDNN", "in use, " + used.group(1))
                    : Finding.warn(
                            "oneDNN",
                            "not in use: convolutions do not reach it",
                            "use an x86-64 CPU with AVX2");
        } catch (IOException e) {
            return Finding.warn("oneDNN", "unknown, no second process: " + e.getMessage(), "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Finding.warn("oneDNN", "unknown, interrupted", "");
        }
    }

    private static Finding drawing() {
        try {
            BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.getFontMetrics().stringWidth("0");
            graphics.dispose();
            return Finding.ok("plots", "Java can draw text");
        } catch (RuntimeException | LinkageError | InternalError e) {
            return Finding.warn(
                    "plots",
                    "Java cannot draw text here, plots are left out",
                    "apt-get install fontconfig fonts-dejavu-core libfreetype6");
        }
    }
}
