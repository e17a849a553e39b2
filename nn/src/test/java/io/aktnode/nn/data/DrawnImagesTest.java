package io.aktnode.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrawnImagesTest {

    /** The embedded teacher was trained on these very drawings: a change needs a new teacher. */
    private static final String SHA256_OF_200_WITH_SEED_1 =
            "5ac2ed0141f3a5f96c75e0be19ce9ebb387d87b232dc26694d28c67ccf6a91f5";

    @Test
    void drawsTheSameBytesOnEveryJvm() {
        assertEquals(SHA256_OF_200_WITH_SEED_1, sha256(DrawnImages.draw(200, 1)));
    }

    @Test
    void drawsFewerImagesAsTheBeginningOfMore() {
        ImageSet more = DrawnImages.draw(60, 3);
        int[] first = new int[30];
        Arrays.setAll(first, i -> i);

        assertEquals(sha256(DrawnImages.draw(30, 3)), sha256(more.subset(first)));
    }

    @Test
    void drawsEachClassEquallyOftenAndNoImageTwice() {
        ImageSet set = DrawnImages.draw(2000, 4);
        int[] counts = new int[10];
        Set<String> distinct = new HashSet<>();
        for (int i = 0; i < set.size(); i++) {
            counts[set.label(i)]++;
            distinct.add(sha256(set.subset(i)));
        }

        for (int count : counts) {
            assertEquals(200, count);
        }
        assertEquals(2000, distinct.size());
        assertEquals(10, new HashSet<>(set.classNames()).size());
    }

    @Test
    void drawsOtherImagesForAnotherSeed() {
        assertTrue(!sha256(DrawnImages.draw(10, 1)).equals(sha256(DrawnImages.draw(10, 2))));
    }

    @Test
    void doesNotGiveTheClassAwayByColourOrPlace() {
        // The nearest class mean is what a linear look at the pixels can tell.
        ImageSet training = DrawnImages.draw(3000, 5);
        ImageSet test = DrawnImages.draw(1000, 6);
        double[][] means = new double[10][32 * 32 * 3];
        for (int i = 0; i < training.size(); i++) {
            float[] image = plain(training, i);
            for (int p = 0; p < image.length; p++) {
                means[training.label(i)][p] += image[p] / 300;
            }
        }
        int right = 0;
        for (int i = 0; i < test.size(); i++) {
            right += nearest(means, plain(test, i)) == test.label(i) ? 1 : 0;
        }

        assertTrue(right < 200, right + " of 1000 found by the mean image, chance is 100");
    }

    @Test
    void refusesACountThatIsNotAMultipleOfTen() {
        for (int count : new int[] {-10, 0, 15}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> DrawnImages.draw(count, 1));
            assertTrue(e.getMessage().contains("count=" + count), e.getMessage());
        }
    }

    private static float[] plain(ImageSet set, int index) {
        float[] image = new float[32 * 32 * 3];
        set.normalised(index, Normalization.cifar10(), image, 0);
        return image;
    }

    private static int nearest(double[][] means, float[] image) {
        int best = 0;
        double least = Double.MAX_VALUE;
        for (int label = 0; label < means.length; label++) {
            double sum = 0;
            for (int p = 0; p < image.length; p++) {
                double difference = image[p] - means[label][p];
                sum += difference * difference;
            }
            if (sum < least) {
                least = sum;
                best = label;
            }
        }
        return best;
    }

    private static String sha256(ImageSet set) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int i = 0; i < set.size(); i++) {
                digest.update((byte) set.label(i));
                for (int p = 0; p < 32 * 32; p++) {
                    for (int channel = 0; channel < 3; channel++) {
                        digest.update((byte) set.pixel(i, p / 32, p % 32, channel));
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
