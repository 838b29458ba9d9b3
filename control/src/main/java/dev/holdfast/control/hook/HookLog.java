package dev.holdfast.control.hook;

/** Takes what hooks say: lines for the log of their run. */
@FunctionalInterface
public interface HookLog {
    /** Nobody wants to know. */
    HookLog NONE = _ -> {};

    /**
     * @param text one line, without its end
     */
    void line(String text);
}
