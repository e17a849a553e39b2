package io.aktnode.actors.teacher;

import io.aktnode.actors.data.Frame;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.TeacherKnowledge;
import java.util.ArrayList;
import java.util.List;

/**
 * A teacher's knowledge as the tensors of a frame: logits, then the channel attention of every tap,
 * then the spatial attention of every tap; the BN-statistics loss is the header's scalar.
 */
public final class KnowledgeFrame {

    private KnowledgeFrame() {}

    static List<Tensor> tensors(TeacherKnowledge knowledge) {
        List<Tensor> tensors = new ArrayList<>();
        tensors.add(knowledge.logits());
        tensors.addAll(knowledge.channelAttention());
        tensors.addAll(knowledge.spatialAttention());
        return tensors;
    }

    /** The knowledge in place: its tensors are the frame's and hold until that is released. */
    public static TeacherKnowledge read(Frame frame) {
        List<Tensor> tensors = frame.tensors();
        if (tensors.size() % 2 == 0) {
            throw new IllegalArgumentException(
                    frame.header()
                            + " has "
                            + tensors.size()
                            + " tensors, expected logits and two for each tap");
        }
        int taps = tensors.size() / 2;
        return new TeacherKnowledge(
                tensors.get(0),
                tensors.subList(1, 1 + taps),
                tensors.subList(1 + taps, tensors.size()),
                frame.header().scalar());
    }
}
