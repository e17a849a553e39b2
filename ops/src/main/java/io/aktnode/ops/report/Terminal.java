package io.aktnode.ops.report;

import java.io.PrintStream;

/**
 * Output for people: lines, and on a terminal one live line below them that is redrawn in place.
 * Any thread.
 */
public final class Terminal {

    private static final String CLEAR_LINE = "\r\033[K";
    private static final int DEFAULT_WIDTH = 80;

    private final PrintStream out;
    private final boolean interactive;
    private final int width;
    private String live = "";

    /**
     * @param interactive whether a person watches, so that a line may be redrawn
     * @param width columns; a live line is cut to it
     */
    public Terminal(PrintStream out, boolean interactive, int width) {
        this.out = out;
        this.interactive = interactive;
        this.width = width > 0 ? width : DEFAULT_WIDTH;
    }

    /**
     * The process's standard output. The launcher says whether it is a terminal and how wide,
     * because Java cannot tell on its own; started otherwise, it is taken for a pipe.
     */
    public static Terminal standard() {
        return new Terminal(
                System.out,
                Boolean.getBoolean("akt.terminal"),
                Integer.getInteger("akt.terminal.columns", DEFAULT_WIDTH));
    }

    public boolean interactive() {
        return interactive;
    }

    /** One line, above the live one. */
    public synchronized void line(String text) {
        if (live.isEmpty()) {
            out.println(text);
        } else {
            out.print(CLEAR_LINE);
            out.println(text);
            out.print(live);
        }
        out.flush();
    }

    /** Text of several lines, as it is. */
    public synchronized void text(String text) {
        endLive();
        out.print(text);
        out.flush();
    }

    /** Replaces the live line; does nothing where there is no terminal. */
    public synchronized void live(String text) {
        if (interactive) {
            live = text.length() < width ? text : text.substring(0, width - 1);
            out.print(CLEAR_LINE + live);
            out.flush();
        }
    }

    /** Takes the live line away. */
    public synchronized void endLive() {
        if (!live.isEmpty()) {
            live = "";
            out.print(CLEAR_LINE);
            out.flush();
        }
    }
}
