package io.aktnode.nn.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The NVIDIA cards of this machine, as its driver's {@code nvidia-smi} lists them. */
final class CudaCards {

    /** What nd4j-cuda-11.6 1.0.0-M2.1 holds machine code for; newer cards find no PTX in it. */
    static final double LOWEST = 3.7;

    static final double HIGHEST = 8.9;
    private static final long PATIENCE_SECONDS = 10;

    private CudaCards() {}

    /**
     * @param capability compute capability, such as 8.6
     */
    record Card(int index, String name, double capability) {
        boolean usable() {
            return capability >= LOWEST && capability <= HIGHEST;
        }
    }

    /** Empty where there is no driver or no card. */
    static List<Card> list() {
        try {
            Process process =
                    new ProcessBuilder(
                                    "nvidia-smi",
                                    "--query-gpu=index,name,compute_cap",
                                    "--format=csv,noheader")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return List.of();
            }
            return process.exitValue() == 0 ? parse(output) : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Lines such as {@code 0, NVIDIA A10, 8.6}; others are left out. */
    static List<Card> parse(String listing) {
        List<Card> cards = new ArrayList<>();
        for (String line : listing.split("\n")) {
            String[] cells = line.split(",");
            if (cells.length < 3) {
                continue;
            }
            try {
                cards.add(
                        new Card(
                                Integer.parseInt(cells[0].trim()),
                                cells[1].trim(),
                                Double.parseDouble(cells[2].trim())));
            } catch (NumberFormatException e) {
                // A driver too old to know compute_cap answers with a text; such cards are too old.
                continue;
            }
        }
        return cards;
    }
}
