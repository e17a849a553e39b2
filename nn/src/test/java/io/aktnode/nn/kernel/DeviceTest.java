package io.aktnode.nn.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceTest {

    private static final List<CudaCards.Card> HOPPER_THEN_AMPERE =
            CudaCards.parse("0, NVIDIA H100 PCIe, 9.0\n1, NVIDIA A10, 8.6\n");

    @Test
    void takesTheFirstUsableCardOfACudaBuild() {
        Device device = Device.choose("auto", true, () -> HOPPER_THEN_AMPERE);

        assertEquals(new Device("cuda:1", 1, Optional.empty()), device);
    }

    @Test
    void saysInOneSentenceWhyItRunsOnTheCpu() {
        Device none = Device.choose("auto", true, List::of);
        Device tooNew = Device.choose("auto", true, () -> HOPPER_THEN_AMPERE.subList(0, 1));

        assertEquals("no NVIDIA card was found, running on the CPU", none.why().orElseThrow());
        assertEquals(
                "cuda:0 (NVIDIA H100 PCIe) has compute capability 9.0, supported are 3.7 to 8.9,"
                        + " running on the CPU",
                tooNew.why().orElseThrow());
        assertEquals(-1, tooNew.index());
    }

    @Test
    void refusesACardThatWasAskedForAndCannotBeUsed() {
        String tooNew =
                assertThrows(
                                Device.UnusableException.class,
                                () -> Device.choose("cuda:0", true, () -> HOPPER_THEN_AMPERE))
                        .getMessage();
        String absent =
                assertThrows(
                                Device.UnusableException.class,
                                () -> Device.choose("cuda:7", true, () -> HOPPER_THEN_AMPERE))
                        .getMessage();
        String cpuBuild =
                assertThrows(
                                Device.UnusableException.class,
                                () -> Device.choose("cuda:0", false, List::of))
                        .getMessage();

        assertTrue(tooNew.contains("9.0") && tooNew.contains("--device cpu"), tooNew);
        assertTrue(absent.startsWith("cuda:7 was not found among 2"), absent);
        assertTrue(cpuBuild.contains("-Pcuda"), cpuBuild);
    }

    @Test
    void neverLooksForACardWhenTheCpuIsAskedFor() {
        Device device =
                Device.choose(
                        "cpu",
                        true,
                        () -> {
                            throw new AssertionError("looked for cards");
                        });

        assertEquals("cpu", device.name());
    }

    @Test
    void refusesAnUnknownDevice() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Device.choose("gpu", false, List::of))
                        .getMessage();

        assertEquals("device=gpu is unknown; choose auto, cpu or cuda:N such as cuda:0", message);
    }

    @Test
    void leavesOutCardsWhoseCapabilityTheDriverDoesNotKnow() {
        assertEquals(List.of(), CudaCards.parse("0, Tesla K20, [Not Supported]\n"));
    }

    @Test
    void findsTheConvolutionOfThisMachineCorrect() {
        assertTrue(SelfCheck.convolutionError() < 1e-5);
    }
}
