package dev.holdfast.control.notify;

/** How a connection to a mail server is protected. */
public enum MailSecurity {
    /** Not at all; also used where the server offers nothing and nothing is asked for. */
    NONE,
    /** STARTTLS if the server offers it; a password is sent only when it did. */
    STARTTLS_IF_OFFERED,
    /** STARTTLS, or no mail. */
    STARTTLS,
    /** TLS from the first byte, usually at port 465. */
    TLS
}
