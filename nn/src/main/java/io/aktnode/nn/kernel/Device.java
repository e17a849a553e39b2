package io.aktnode.nn.kernel;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the arithmetic runs: the choice between the CPU and an NVIDIA card, made before ND4J
 * starts.
 *
 * @param name {@code cpu} or {@code cuda:N}
 * @param index of the card; -1 for the CPU
 * @param why one sentence when a card was looked for and none is used
 */
public record Device(String name, int index, Optional<String> why) {

    private static final String CUDA_BACKEND = "org.nd4j.linalg.jcublas.JCublasBackend";
    private static final Pattern CUDA = Pattern.compile("cuda:([0-9]{1,3})");

    /** A device that was asked for by name and cannot be used; the message is one sentence. */
    public static final class UnusableException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnusableException(String message) {
            super(message);
        }
    }

    /**
     * @param wanted {@code cpu}, {@code cuda:N}, or {@code auto} for the first usable card of a
     *     CUDA build, else the CPU
     * @throws UnusableException when a card was asked for by name and cannot be used
     * @throws IllegalArgumentException for any other text
     */
    public static Device choose(String wanted) {
        return choose(wanted, cudaBuild(), CudaCards::list);
    }

    static Device choose(String wanted, boolean cudaBuild, Supplier<List<CudaCards.Card>> cards) {
        if (wanted.equals("cpu")) {
            return new Device("cpu", -1, Optional.empty());
        }
        Matcher named = CUDA.matcher(wanted);
        if (!named.matches() && !wanted.equals("auto")) {
            throw new IllegalArgumentException(
                    "device=" + wanted + " is unknown; choose auto, cpu or cuda:N such as cuda:0");
        }
        int index = named.matches() ? Integer.parseInt(named.group(1)) : -1;
        if (!cudaBuild) {
            return named.matches()
                    ? refuse(wanted + " needs a CUDA build; build with mvn -Pcuda package")
                    : new Device("cpu", -1, Optional.empty());
        }
        List<CudaCards.Card> found = cards.get();
        Optional<CudaCards.Card> usable =
                found.stream()
                        .filter(card -> index < 0 || card.index() == index)
                        .filter(CudaCards.Card::usable)
                        .findFirst();
        if (usable.isPresent()) {
            return new Device(
                    "cuda:" + usable.get().index(), usable.get().index(), Optional.empty());
        }
        String reason = reason(wanted, index, found);
        return named.matches()
                ? refuse(reason + "; choose --device cpu or another card")
                : new Device("cpu", -1, Optional.of(reason + ", running on the CPU"));
    }

    private static Device refuse(String sentence) {
        throw new UnusableException(sentence);
    }

    private static String reason(String wanted, int index, List<CudaCards.Card> found) {
        List<CudaCards.Card> candidates =
                found.stream().filter(card -> index < 0 || card.index() == index).toList();
        if (candidates.isEmpty()) {
            return index < 0
                    ? "no NVIDIA card was found"
                    : wanted + " was not found among " + found.size() + " NVIDIA card(s)";
        }
        CudaCards.Card card = candidates.get(0);
        return "cuda:"
                + card.index()
                + " ("
                + card.name()
                + ") has compute capability "
                + card.capability()
                + ", supported are "
                + CudaCards.LOWEST
                + " to "
                + CudaCards.HIGHEST;
    }

    private static boolean cudaBuild() {
        try {
            Class.forName(CUDA_BACKEND, false, Device.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * Starts ND4J on this device; before anything else touches ND4J.
     *
     * @throws UnusableException when a card computes wrong numbers
     */
    public void start() {
        if (index < 0) {
            CpuOnlyServices.install();
            Backend.start();
            return;
        }
        CudaSelection.use(index);
        Backend.start();
        double error = SelfCheck.convolutionError();
        if (!(error < 1e-3)) {
            refuse(
                    name
                            + " computes a convolution with a relative error of "
                            + error
                            + "; choose --device cpu");
        }
    }
}
