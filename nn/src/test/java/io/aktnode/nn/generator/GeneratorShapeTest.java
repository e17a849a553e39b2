package io.aktnode.nn.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.kernel.ConvolutionShape;
import org.junit.jupiter.api.Test;

class GeneratorShapeTest {

    /** Nine multiply-adds at each pixel of the upsampled image shrink to four. */
    @Test
    void multiplyAddsAreThoseOfTheSubPixelForm() {
        GeneratorShape shape = new GeneratorShape(10, 100, 32, 3);
        long first = new ConvolutionShape(128, 128, 3, 1, 1, 16, 16).multiplyAdds();
        long second = new ConvolutionShape(128, 64, 3, 1, 1, 32, 32).multiplyAdds();
        long third = new ConvolutionShape(64, 3, 3, 1, 1, 32, 32).multiplyAdds();

        assertEquals(100 * 128 * 8 * 8 + (first + second) * 4 / 9 + third, shape.multiplyAdds());
    }
}
