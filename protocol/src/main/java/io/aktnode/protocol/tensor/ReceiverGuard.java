package io.aktnode.protocol.tensor;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.aeron.exceptions.AeronEvent;
import io.aeron.protocol.SetupFlyweight;
import java.net.InetSocketAddress;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * A UDP port that lets no sender take more memory than this node's own streams do. The driver makes
 * a log for whoever asks, as long as they like, before any key comes into play.
 */
final class ReceiverGuard extends ReceiveChannelEndpoint {

    private final int maxTermBytes;
    private final Faults faults;

    ReceiverGuard(
            UdpChannel channel,
            DataPacketDispatcher dispatcher,
            AtomicCounter status,
            MediaDriver.Context context,
            int maxTermBytes,
            Faults faults) {
        super(channel, dispatcher, status, context);
        this.maxTermBytes = maxTermBytes;
        this.faults = faults;
    }

    @Override
    public void onSetupMessage(
            SetupFlyweight setup,
            UnsafeBuffer buffer,
            int length,
            InetSocketAddress sender,
            int transportIndex) {
        if (setup.termLength() > maxTermBytes) {
            faults.onError(
                    new AeronEvent(
                            "refused stream "
                                    + setup.streamId()
                                    + " of "
                                    + sender
                                    + ": its terms of "
                                    + setup.termLength()
                                    + " bytes are longer than term-length="
                                    + maxTermBytes
                                    + "; set the same on all nodes"));
            return;
        }
        try {
            super.onSetupMessage(setup, buffer, length, sender, transportIndex);
        } catch (RuntimeException e) {
            // Were the driver to take it, strangers could fill its log of errors, and then the
            // standard error, which is where it puts what it has no room for.
            faults.onError(e);
        }
    }
}
