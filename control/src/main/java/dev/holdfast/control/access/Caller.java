package dev.holdfast.control.access;

/**
 * From where somebody asks, as far as can be known.
 *
 * @param address the IP address, without port
 * @param agent what the client calls itself; empty if it does not say
 */
public record Caller(String address, String agent) {
    private static final int LONGEST_ADDRESS = 64;
    private static final int LONGEST_AGENT = 200;

    /** Somebody at the machine itself: the command line, the server on its own account. */
    public static final Caller LOCAL = new Caller("local", "");

    public Caller {
        address = Plain.text(address, LONGEST_ADDRESS);
        agent = Plain.text(agent, LONGEST_AGENT);
    }
}
