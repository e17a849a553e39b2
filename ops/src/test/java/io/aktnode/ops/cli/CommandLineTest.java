package io.aktnode.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunUnhealthyException;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.report.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

    @TempDir private Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    private int run(String... arguments) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        CommandLine line =
                AktNode.commandLine(
                        new Console(
                                new Terminal(stream, false, 80),
                                new PrintStream(errors, true, StandardCharsets.UTF_8)));
        line.setOut(new PrintWriter(stream, true));
        return line.execute(arguments);
    }

    private String said() {
        return errors.toString(StandardCharsets.UTF_8);
    }

    private void refuses(String sentence, String... arguments) {
        errors.reset();
        assertEquals(ExitCode.USAGE, run(arguments), said());
        assertEquals(List.of("akt-node: " + sentence), said().lines().toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quickstart",
                "quantize",
                "evaluate",
                "train-teacher",
                "doctor",
                "experiment gradients"
            })
    void eachCommandHasHelp(String command) {
        assertEquals(ExitCode.OK, run((command + " --help").split(" ")));

        String help = out.toString(StandardCharsets.UTF_8);
        assertTrue(help.startsWith("Usage: akt-node " + command), help);
        assertTrue(help.contains("--config=FILE"), help);
    }

    @Test
    void printsItsVersion() {
        assertEquals(ExitCode.OK, run("--version"));

        assertTrue(out.toString(StandardCharsets.UTF_8).startsWith("akt-node "));
    }

    @Test
    void refusesAMisspeltFlagWithTheOneMeant() {
        refuses(
                "Unknown options: '--bit', '3'; did you mean --bits? (see akt-node quantize"
                        + " --help)",
                "quantize",
                "--bit",
                "3");
    }

    @Test
    void refusesWrongValuesInOneSentenceEach() {
        String out = directory.resolve("out").toString();
        refuses(
                "Invalid value for option '--bits': 'three' is not an int; see akt-node quantize"
                        + " --help",
                "quantize",
                "--bits",
                "three");
        refuses(
                "--bits is 9, expected a whole number from 2 to 8",
                "quantize",
                "--bits",
                "9",
                "--out",
                out);
        refuses(
                "--method is \"gdqf\", expected one of gdfq, adadfq",
                "quantize",
                "--method",
                "gdqf",
                "--out",
                out);
        refuses(
                "--mean is [0.5,0.5], expected three numbers for R, G, B, given with std",
                "quantize",
                "--mean",
                "0.5,0.5",
                "--std",
                "1,1,1",
                "--teacher",
                "x.pth",
                "--out",
                out);
        refuses(
                "device=gpu is unknown; choose auto, cpu or cuda:N such as cuda:0",
                "quantize",
                "--device",
                "gpu");
        refuses(
                "device=gpu is unknown; choose auto, cpu or cuda:N such as cuda:0",
                "doctor",
                "--device",
                "gpu");
    }

    @Test
    void saysWhatIsMissing() {
        refuses("there is nowhere to write to; give --out DIR", "quantize", "--teacher", "x.pth");
        refuses(
                "there is no teacher to quantize; give --teacher FILE (or try akt-node"
                        + " quickstart)",
                "quantize",
                "--out",
                directory.resolve("out").toString());
        refuses(
                "x.pth: there is no such file; check the path",
                "quantize",
                "--teacher",
                "x.pth",
                "--out",
                directory.resolve("out").toString());
        refuses("no command given; try akt-node quickstart, or see akt-node --help");
    }

    @Test
    void refusesACardThatCannotBeUsed() {
        assertEquals(
                ExitCode.USAGE,
                run("quickstart", "--device", "cuda:0", "--out", directory.toString()));

        assertTrue(said().startsWith("akt-node: cuda:0 "), said());
    }

    @Test
    void refusesAnImageSizeThatNoNetworkHas() {
        Path file = directory.resolve("resnet8.safetensors");
        Safetensors.write(file, GraphParameters.read(new Architecture("resnet8", 4, 16).graph(1)));

        refuses(
                file + ": image size=30 must be a multiple of 4, and 8 or more",
                "evaluate",
                "--model",
                file.toString(),
                "--image-size",
                "30");
    }

    /** Its images are not there either, so that nothing is trained where it is not refused. */
    @Test
    void refusesAWidthForALayerThatIsNotThere() throws IOException {
        Path file = directory.resolve("layers.conf");
        Files.writeString(
                file,
                """
                akt.quantization.weight-bits-by-layer { output = 8, outptu = 8 }
                akt.evaluation.path = nowhere
                """);

        refuses(
                "akt.quantization.weight-bits-by-layer gives a width to outptu, which is no"
                        + " convolution or dense layer of the embedded teacher; its layers are"
                        + " features.init_block.conv, features.stage1.unit1.body.conv1.conv, ..."
                        + " output",
                "quickstart",
                "--config",
                file.toString(),
                "--out",
                directory.resolve("out").toString());
    }

    @Test
    void refusesToOverwriteAnEarlierRun() throws IOException {
        Files.createDirectories(directory.resolve("checkpoints"));

        refuses(
                directory
                        + " holds an earlier run; give --resume to go on with it, or another"
                        + " --out",
                "quickstart",
                "--out",
                directory.toString());
    }

    /** The batch is wrong as well, so that nothing is trained where the first is not refused. */
    @Test
    void resumesNoQuickstartWhereThereIsNone() throws IOException {
        Path file = directory.resolve("small.conf");
        Files.writeString(file, "akt.batch = 1");

        refuses(
                "there is no earlier quickstart here to resume; give --out DIR, or leave out"
                        + " --resume",
                "quickstart",
                "--resume",
                "--config",
                file.toString());
    }

    /** With data that is not there, so that nothing is trained where the first is not refused. */
    @Test
    void saysBeforeItTrainsATeacherThatItCannotBeWritten() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        refuses(
                "--out "
                        + directory
                        + " is a directory, expected a file to write; give one, such as "
                        + directory.resolve("teacher.safetensors"),
                "train-teacher",
                "--data=nowhere",
                "--classes=2",
                "--out=" + directory);
        refuses(
                "--out "
                        + file.resolve("t.safetensors")
                        + " is in "
                        + file
                        + ", which cannot be made a directory"
                        + " (java.nio.file.FileAlreadyExistsException: "
                        + file
                        + "); give another file",
                "train-teacher",
                "--data=nowhere",
                "--classes=2",
                "--out=" + file.resolve("t.safetensors"));
    }

    /** In a container a variable is easier to give than a flag. */
    @Test
    void takesTheRoleFromTheSettingsToo() throws IOException {
        Path file = directory.resolve("node.conf");
        Files.writeString(file, "akt.node.role = pupil");

        refuses(
                "akt.node.role ("
                        + file
                        + ": 1) is \"pupil\", expected all, or some of generator, teacher, student,"
                        + " supervisor with commas",
                "--config",
                file.toString());
    }

    @Test
    void tellsARunThatNothingCuredFromOneThatFailed() {
        CommandLine line =
                AktNode.commandLine(
                        new Console(
                                new Terminal(new PrintStream(out, true), false, 80),
                                new PrintStream(errors, true)));
        Errors handler = new Errors(new PrintStream(errors, true));
        CommandLine.ParseResult none = line.parseArgs();

        assertEquals(
                ExitCode.UNHEALTHY,
                handler.execution(new RunUnhealthyException("nothing helped"), line, none));
        assertEquals(
                ExitCode.FAILED,
                handler.execution(new RunFailedException("disk full"), line, none));
        assertEquals(
                List.of("akt-node: nothing helped", "akt-node: disk full"),
                said().lines().toList());
    }

    @Test
    void refusesAnUnknownRoleAndUnknownKeys() throws IOException {
        Path file = directory.resolve("node.conf");
        Files.writeString(file, "akt.node.prot = 1");

        refuses(
                "--role is \"pupil\", expected all, or some of generator, teacher, student,"
                        + " supervisor with commas",
                "--role",
                "pupil");
        refuses(
                "akt.node.prot ("
                        + file
                        + ": 1) is not a setting; the nearest is"
                        + " akt.node.port",
                "--role",
                "student",
                "--config",
                file.toString());
    }

    @Test
    void printsTheEffectiveSettingsInsteadOfRunning() {
        assertEquals(ExitCode.OK, run("quickstart", "--bits", "4", "--print-config"));

        String printed = out.toString(StandardCharsets.UTF_8);
        assertTrue(
                printed.lines().anyMatch(line -> line.matches(" +weight-bits = 4 +# --bits")),
                printed);
        assertTrue(
                printed.lines().anyMatch(line -> line.matches(" +path = \"auto\" +# quickstart.*")),
                printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--bits", "--weight-bits", "--activation-bits"})
    void aFlagThatGivesBitsBeatsTheStudentsOfAFile(String flag) throws IOException {
        Path file = directory.resolve("students.conf");
        Files.writeString(file, "akt.quantization.students = [3, 4]");

        assertEquals(
                ExitCode.OK,
                run("quickstart", "--config", file.toString(), flag, "5", "--print-config"));

        String printed = out.toString(StandardCharsets.UTF_8);
        assertTrue(
                printed.lines().anyMatch(line -> line.matches(" +students = \\[\\] +# " + flag)),
                printed);
    }

    @Test
    void showsTheStackTraceOnlyWhenVerbose() {
        run("quantize", "--bits", "9", "--out", directory.toString(), "--verbose");

        assertTrue(said().contains("\tat io.aktnode"), said());
    }

    @Test
    void saysWhichSettingsTheCertificatesItMadeAreFor() {
        Path made = directory.resolve("tls");

        assertEquals(
                ExitCode.OK,
                run("make-certificates", "--out", made.toString(), "--host", "127.0.0.1"),
                said());

        assertEquals(
                List.of(
                        "127.0.0.1: AKT_TLS_CERTIFICATE="
                                + made.resolve("127.0.0.1.pem")
                                + " AKT_TLS_KEY="
                                + made.resolve("127.0.0.1.key")
                                + " AKT_TLS_CA="
                                + made.resolve("ca.pem")),
                out.toString(StandardCharsets.UTF_8).lines().toList());
        assertTrue(Files.exists(made.resolve("127.0.0.1.key")));
    }
}
