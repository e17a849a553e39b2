package io.aktnode.it.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A minute of the campaign, in every build. */
@Timeout(600)
class ShortCampaignTest {

    @TempDir private Path directory;

    @Test
    void aTrainingGetsOverAFewFaultsInARow() throws Exception {
        Campaign campaign = new Campaign(directory, Long.getLong("akt.campaign.seed", 1));

        Outcome outcome =
                campaign.run(
                        Scenario.of(
                                        Job.of(Job.ONE_PROCESS, 1),
                                        4,
                                        RoleHarm.once(
                                                "NaN in a weight", "student", "weights-nan", 0),
                                        RoleHarm.once(
                                                "gradient x 1000",
                                                "student",
                                                "gradient-scale",
                                                1e3),
                                        ProcessFaults.kill("student"),
                                        RoleHarm.once("NaN in a frame", "teacher", "frame-nan", 0))
                                .named("a few in a row"));

        System.out.println(CampaignTable.of(List.of(outcome)));
        assertEquals(List.of(), outcome.complaints());
    }
}
