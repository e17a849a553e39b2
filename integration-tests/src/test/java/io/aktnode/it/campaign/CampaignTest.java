package io.aktnode.it.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * The whole campaign: hours. Properties: {@code akt.campaign.only}, a regular expression found in
 * the names of the scenarios that are to run; {@code akt.campaign.times}, how often each fault
 * occurs; {@code akt.campaign.seed}; {@code akt.campaign.directory}, where logs and the table are
 * left.
 */
@Tag("campaign")
class CampaignTest {

    private static final long SEED = Long.getLong("akt.campaign.seed", 1);
    private static final int TIMES = Integer.getInteger("akt.campaign.times", 3);
    private static final Pattern ONLY =
            Pattern.compile(System.getProperty("akt.campaign.only", ""));
    private static final Path DIRECTORY =
            Path.of(System.getProperty("akt.campaign.directory", "target/campaign"))
                    .toAbsolutePath();

    private static final List<Outcome> OUTCOMES = new CopyOnWriteArrayList<>();

    @TestFactory
    Stream<DynamicTest> aTrainingGetsOver() {
        Campaign campaign = new Campaign(DIRECTORY, SEED);
        return Scenarios.all(TIMES, SEED).stream()
                .filter(scenario -> ONLY.matcher(scenario.name()).find())
                .map(
                        scenario ->
                                DynamicTest.dynamicTest(
                                        scenario.name(), () -> run(campaign, scenario)));
    }

    private static void run(Campaign campaign, Scenario scenario) throws Exception {
        Outcome outcome = campaign.run(scenario);
        OUTCOMES.add(outcome);
        // Each as soon as it is known: the whole takes hours.
        System.out.println(CampaignTable.of(List.of(outcome)) + outcome.complaints());
        assertEquals(List.of(), outcome.complaints());
    }

    @AfterAll
    static void printTheTable() throws IOException {
        String table = CampaignTable.of(OUTCOMES);
        Files.createDirectories(DIRECTORY);
        Files.writeString(DIRECTORY.resolve("table.md"), table);
        System.out.println(table);
    }
}
