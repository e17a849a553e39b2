package io.aktnode.ops.cli;

/** Entry point of akt-node. */
public final class Main {

    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] arguments) {
        System.exit(AktNode.commandLine(Console.standard()).execute(arguments));
    }
}
