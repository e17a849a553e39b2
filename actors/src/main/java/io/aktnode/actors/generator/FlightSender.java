package io.aktnode.actors.generator;

import io.aktnode.actors.data.RoleLink;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;

/** The generator's frames: images of a batch, then gradients for the logits. */
final class FlightSender {

    private final RoleLink link;

    FlightSender(RoleLink link) {
        this.link = link;
    }

    void sendImages(Flight flight) {
        sendImagesToTeacher(flight);
        flight.studentsThat(part -> !part.finished)
                .forEach(id -> sendImages(RoleId.student(id), flight));
    }

    private void sendImagesToTeacher(Flight flight) {
        sendImages(RoleId.teacher(flight.teacher), flight);
    }

    /** Has the teacher answer that the batch has been given to, another than before. */
    void handOver(Flight flight) {
        if (flight.needsTeacher()) {
            sendImagesToTeacher(flight);
        }
    }

    private void sendImages(RoleId receiver, Flight flight) {
        link.send(
                receiver,
                FrameKind.SYNTHETIC_BATCH,
                flight.batch,
                List.of(flight.images.images(), flight.images.labels()));
    }

    void sendLogitGradients(Flight flight) {
        askTeacher(flight);
        flight.studentsThat(part -> part.logits != null).forEach(i -> askStudent(flight, i));
    }

    void askTeacher(Flight flight) {
        link.send(
                RoleId.teacher(flight.teacher),
                FrameKind.LOGIT_GRADIENTS,
                flight.batch,
                List.of(flight.asked.teacher()));
    }

    private void askStudent(Flight flight, int id) {
        link.send(
                RoleId.student(id),
                FrameKind.LOGIT_GRADIENTS,
                flight.batch,
                List.of(flight.asked.students().get(flight.askedIndex(id))));
    }

    /**
     * Sends whatever could have been missed: receivers answer a repeated question with the answer
     * they gave, and drop what they have already.
     */
    void sendAgain(Flight flight) {
        if (flight.asked != null && !flight.judged()) {
            if (flight.teacherGradient == null) {
                askTeacher(flight);
            }
            flight.studentsThat(part -> part.logits != null && part.gradient == null)
                    .forEach(i -> askStudent(flight, i));
        }
        if (flight.updated) {
            return; // the images are gone
        }
        if (flight.needsTeacher()) {
            // The teacher sends its knowledge to the students again, too, and does a batch anew if
            // it has gone on to another.
            sendImagesToTeacher(flight);
        }
        flight.studentsThat(part -> !part.finished)
                .forEach(i -> sendImages(RoleId.student(i), flight));
    }
}
