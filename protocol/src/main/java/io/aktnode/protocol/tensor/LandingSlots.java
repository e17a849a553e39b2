package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A fixed number of places for frames of one layout: a frame lands in a free one, its owner claims
 * it, reads it and releases it. A slow owner stalls nobody: frames it has no place for are dropped.
 *
 * <p>Frames land on the poll thread; the owner's methods may be called by any thread.
 *
 * @param <T> the owner's view of a place's memory
 */
public final class LandingSlots<T> implements Landing {

    /** What to do with a frame when no place is free. */
    public enum Policy {
        /** Drop the frame that comes. */
        DROP_NEWEST,
        /** Drop the oldest frame that is whole and not claimed yet; if there is none, the new. */
        DROP_OLDEST_UNCLAIMED
    }

    /** Told on the poll thread what becomes of frames; must return at once. */
    public interface Listener {

        /** A frame is whole and waits to be claimed. */
        void landed(FrameHeader header);

        /**
         * A frame that began to land, or had landed, or found no free place, is gone: {@link
         * DropReason#REFUSED} if for want of places.
         */
        default void lost(FrameHeader header, DropReason reason) {}
    }

    /**
     * Memory for one frame.
     *
     * @param memory as the owner sees it
     * @param tensors the same, one buffer for each tensor of the layout
     */
    public record Place<T>(T memory, List<ByteBuffer> tensors) {
        public Place {
            Objects.requireNonNull(memory, "memory");
            tensors = List.copyOf(tensors);
        }
    }

    private enum State {
        FREE,
        FILLING,
        /** Filling for a frame that was cleared away meanwhile. */
        DOOMED,
        LANDED,
        CLAIMED
    }

    private final List<TensorSpec> layout;
    private final Policy policy;
    private final Listener listener;
    private final List<Cell> cells = new ArrayList<>();
    private long arrivals;
    private long lost;

    /**
     * @param layout the tensors each frame must have
     * @param places memory for as many frames as may be here at once, lent until the endpoint is
     *     closed
     */
    public LandingSlots(
            List<TensorSpec> layout, List<Place<T>> places, Policy policy, Listener listener) {
        this.layout = List.copyOf(layout);
        this.policy = Objects.requireNonNull(policy, "policy");
        this.listener = Objects.requireNonNull(listener, "listener");
        if (places.isEmpty()) {
            throw new IllegalArgumentException("there must be at least one place");
        }
        for (Place<T> place : places) {
            requireFit(place);
            cells.add(new Cell(place));
        }
    }

    private void requireFit(Place<T> place) {
        if (place.tensors().size() != layout.size()) {
            throw new IllegalArgumentException(
                    "a place of " + place.tensors().size() + " buffers, the layout is " + layout);
        }
        for (int i = 0; i < layout.size(); i++) {
            ByteBuffer buffer = place.tensors().get(i);
            if (!buffer.isDirect() || buffer.remaining() != layout.get(i).byteLength()) {
                throw new IllegalArgumentException(
                        "buffer "
                                + i
                                + " must be direct and of "
                                + layout.get(i).byteLength()
                                + " bytes for "
                                + layout.get(i)
                                + ", not "
                                + buffer);
            }
        }
    }

    @Override
    public Slot begin(FrameHeader header, List<TensorSpec> tensors) {
        if (!layout.equals(tensors)) {
            throw new WrongLayoutException(
                    header + " brings " + tensors + ", there is room for " + layout);
        }
        Cell cell;
        FrameHeader evicted = null;
        synchronized (this) {
            cell = oldest(State.FREE, c -> true);
            if (cell == null && policy == Policy.DROP_OLDEST_UNCLAIMED) {
                cell = oldest(State.LANDED, c -> true);
                evicted = cell == null ? null : cell.header;
            }
            if (cell != null) {
                cell.state = State.FILLING;
                cell.header = header;
                cell.arrival = arrivals++;
            }
            if (cell == null || evicted != null) {
                lost++;
            }
        }
        if (cell == null) {
            listener.lost(header, DropReason.REFUSED);
        } else if (evicted != null) {
            listener.lost(evicted, DropReason.REFUSED);
        }
        return cell;
    }

    /**
     * Claims a frame that landed; it stays until released.
     *
     * @return empty if it has not landed, was dropped for a newer one, or is claimed already
     */
    public synchronized Optional<Landed> claim(FrameHeader frame) {
        return claim(oldest(State.LANDED, cell -> cell.header.sameFrame(frame)));
    }

    /** Claims the frame that has waited longest. */
    public synchronized Optional<Landed> claimOldest() {
        return claim(oldest(State.LANDED, cell -> true));
    }

    /** Claims the frame that landed last and drops those that waited before it. */
    public synchronized Optional<Landed> claimNewest() {
        Cell newest = null;
        for (Cell cell : cells) {
            if (cell.state == State.LANDED) {
                if (newest == null || newest.arrival < cell.arrival) {
                    free(newest);
                    newest = cell;
                } else {
                    free(cell);
                }
            }
        }
        return claim(newest);
    }

    private void free(Cell passedOver) {
        if (passedOver != null) {
            passedOver.state = State.FREE;
            lost++;
        }
    }

    private Optional<Landed> claim(Cell cell) {
        if (cell == null) {
            return Optional.empty();
        }
        cell.state = State.CLAIMED;
        return Optional.of(new Landed(cell));
    }

    private Cell oldest(State state, Predicate<Cell> which) {
        Cell found = null;
        for (Cell cell : cells) {
            if (cell.state == state
                    && (found == null || cell.arrival < found.arrival)
                    && which.test(cell)) {
                found = cell;
            }
        }
        return found;
    }

    /**
     * Drops all frames that have landed or are landing, as after moving the fence; claimed ones
     * stay until released.
     */
    public synchronized void clear() {
        for (Cell cell : cells) {
            if (cell.state == State.LANDED) {
                cell.state = State.FREE;
            } else if (cell.state == State.FILLING) {
                cell.state = State.DOOMED;
            }
        }
    }

    /** Frames dropped because no place was free or a newer one was preferred. */
    public synchronized long lost() {
        return lost;
    }

    /** A claimed frame. */
    public final class Landed implements AutoCloseable {
        private final Cell cell;
        private final FrameHeader header;
        private boolean released;

        private Landed(Cell cell) {
            this.cell = cell;
            this.header = cell.header;
        }

        public FrameHeader header() {
            return header;
        }

        /** The frame's tensors, the owner's until released. */
        public T memory() {
            return cell.place.memory();
        }

        /** Gives the place back for another frame; a second time it does nothing. */
        public void release() {
            synchronized (LandingSlots.this) {
                if (!released) {
                    released = true;
                    cell.state = State.FREE;
                }
            }
        }

        /** The same as {@link #release}. */
        @Override
        public void close() {
            release();
        }
    }

    private final class Cell implements Slot {
        private final Place<T> place;
        private State state = State.FREE;
        private FrameHeader header;
        private long arrival;

        private Cell(Place<T> place) {
            this.place = place;
        }

        @Override
        public ByteBuffer destination(int tensor) {
            return place.tensors().get(tensor);
        }

        @Override
        public void complete(FrameHeader whole) {
            boolean landed;
            synchronized (LandingSlots.this) {
                landed = state == State.FILLING;
                state = landed ? State.LANDED : State.FREE;
            }
            if (landed) {
                listener.landed(whole);
            }
        }

        @Override
        public void abandon(FrameHeader broken, DropReason reason) {
            boolean awaited;
            synchronized (LandingSlots.this) {
                awaited = state == State.FILLING;
                state = State.FREE;
            }
            if (awaited) {
                listener.lost(broken, reason);
            }
        }
    }
}
