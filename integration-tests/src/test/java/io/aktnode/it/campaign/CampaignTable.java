package io.aktnode.it.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** The outcomes as one Markdown table. */
final class CampaignTable {

    private static final String HEAD =
            """
            | fault | times | the training | steps lost, at most | recovery, s (median, most) | top-1 % (undisturbed) | non-finite weights saved |
            |---|---|---|---|---|---|---|
            """;

    private CampaignTable() {}

    static String of(List<Outcome> outcomes) {
        return HEAD
                + outcomes.stream().map(CampaignTable::row).collect(Collectors.joining("\n"))
                + "\n";
    }

    private static String row(Outcome outcome) {
        return "| "
                + String.join(
                        " | ",
                        outcome.scenario().replace("|", "/"),
                        Integer.toString(outcome.injected()),
                        outcome.end().replace("|", "/"),
                        outcome.mostLost() + " of " + outcome.mayLose(),
                        recovery(outcome.recoveries()),
                        percent(outcome.top1()) + " (" + percent(outcome.undisturbed()) + ")",
                        (outcome.nonFinite().isEmpty() ? "none" : outcome.nonFinite().toString())
                                + " in "
                                + outcome.statesRead()
                                + " files")
                + " |";
    }

    private static String percent(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "-";
    }

    private static String recovery(List<Duration> recoveries) {
        if (recoveries.isEmpty()) {
            return "-";
        }
        List<Duration> sorted = recoveries.stream().sorted().toList();
        return seconds(sorted.get(sorted.size() / 2))
                + ", "
                + seconds(sorted.get(sorted.size() - 1));
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f", duration.toMillis() / 1e3);
    }
}
