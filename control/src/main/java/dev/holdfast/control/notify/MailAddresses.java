package dev.holdfast.control.notify;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;

/** Addresses of mail, one each. */
final class MailAddresses {
    private MailAddresses() {}

    /** Reads one address, with or without a name. */
    static InternetAddress parse(String text) throws AddressException {
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new AddressException("a control character in it");
        }
        InternetAddress[] all = InternetAddress.parse(text, true);
        if (all.length != 1 || all[0].isGroup()) {
            throw new AddressException("not one address");
        }
        all[0].validate();
        return all[0];
    }

    static void check(String channel, String text) {
        try {
            parse(text);
        } catch (AddressException e) {
            throw new Invalid(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the channel '" + channel + "' has an address that is not one of mail: " + OneLine.of(text, 100),
                    "write it as name@example.org, or as Name <name@example.org>, one address each.",
                    e);
        }
    }
}
