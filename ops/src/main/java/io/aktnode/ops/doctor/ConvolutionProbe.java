package io.aktnode.ops.doctor;

import io.aktnode.nn.kernel.Device;
import io.aktnode.nn.kernel.SelfCheck;

/** One convolution in a process of its own, whose oneDNN reports what it does. */
final class ConvolutionProbe {

    private ConvolutionProbe() {}

    public static void main(String[] arguments) {
        Device.choose("cpu").start();
        System.out.println(SelfCheck.convolutionError());
    }
}
