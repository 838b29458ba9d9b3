package dev.holdfast.connectors.postgres.wire;

import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The first words of a connection: who we are, the proof of it, and what the server tells about itself until it is ready. For one
 * thread, once.
 *
 * @see <a href="https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP">Start-up</a>
 */
final class Startup {
    private static final int PROTOCOL_3_0 = 3 << 16;
    private static final String SCRAM = "SCRAM-SHA-256";
    private static final String SCRAM_PLUS = "SCRAM-SHA-256-PLUS";
    private static final int LONGEST_CANCEL_KEY = 256;

    private final Messages messages;
    private final WireSettings settings;
    private final boolean encrypted;
    private final byte @Nullable [] endPoint;
    private @Nullable Scram scram;
    private boolean bound;
    private boolean proven;
    private boolean asked;

    /**
     * @param encrypted whether the messages go through TLS
     * @param endPoint the hash of the server's certificate, where there is one
     */
    Startup(Messages messages, WireSettings settings, boolean encrypted, byte @Nullable [] endPoint) {
        this.messages = messages;
        this.settings = settings;
        this.encrypted = encrypted;
        this.endPoint = endPoint;
    }

    /**
     * What the server told.
     *
     * @param processId of the process that serves the connection; 0 if it did not say
     * @param cancelKey empty if it did not say
     */
    record Welcome(Map<String, String> parameters, int processId, byte[] cancelKey) {}

    /**
     * @throws ServerError if the server does not let us in
     * @throws WireException if we do not trust the server, or cannot do what it wants
     */
    Welcome run() throws ServerError, WireException {
        messages.send(startup());
        String unframed = messages.unframedError();
        if (unframed != null) {
            throw new ServerError(Map.of('V', "FATAL", 'M', unframed));
        }
        authenticate();
        return welcome();
    }

    private ByteBuffer startup() {
        Outgoing startup = Outgoing.untyped().int32(PROTOCOL_3_0);
        startup.text("user").text(settings.user());
        startup.text("database").text(settings.database());
        Map<String, String> parameters = new TreeMap<>(settings.startupParameters());
        parameters.put("client_encoding", "UTF8");
        parameters.forEach((name, value) -> startup.text(name).text(value));
        return startup.bytes(new byte[1]).done();
    }

    private void authenticate() throws ServerError, WireException {
        while (true) {
            switch (messages.next()) {
                case 'R' -> {
                    if (answered(messages.int32())) {
                        return;
                    }
                }
                case 'E' -> throw new ServerError(messages.fields());
                case 'N' -> messages.fields();
                case 'v' -> refuseNegotiation();
                default -> throw messages.unexpected();
            }
        }
    }

    /**
     * @return whether the server is content
     */
    private boolean answered(int request) throws WireException {
        switch (request) {
            case 0 -> {
                messages.end();
                if (!asked) {
                    requireAccepted("none");
                }
                beSureOfServer();
                return true;
            }
            case 2 -> throw unsupported("Kerberos V5");
            case 3 -> {
                messages.end();
                requireAccepted("password");
                refuseWithoutBinding("a password in clear text");
                messages.send(Outgoing.message('p').text(password("a password")).done());
            }
            case 5 -> {
                byte[] salt = messages.bytes(4);
                messages.end();
                requireAccepted("md5");
                refuseWithoutBinding("an MD5 hash of the password");
                messages.send(Outgoing.message('p')
                        .text(md5(password("a password (md5)"), salt))
                        .done());
            }
            case 6 -> throw unsupported("SCM credentials");
            case 7, 8 -> throw unsupported("GSSAPI");
            case 9 -> throw unsupported("SSPI");
            case 10 -> {
                requireAccepted("scram-sha-256");
                beginScram();
            }
            case 11 -> continueScram();
            case 12 -> endScram();
            default -> throw unsupported("number " + request);
        }
        return false;
    }

    /** Before anything is sent that would help a server which asks for less than was agreed. */
    private void requireAccepted(String way) throws WireException {
        asked = true;
        if (!settings.authentication().isEmpty() && !settings.authentication().contains(way)) {
            throw refused("the server asks for authentication by " + way + ", accepted are only "
                    + String.join(", ", new TreeSet<>(settings.authentication())) + " (require_auth)");
        }
    }

    private void beSureOfServer() throws WireException {
        if (scram != null && !proven) {
            throw refused("the server lets us in without a proof that it knows the password");
        }
        refuseWithoutBinding("nothing");
    }

    private void refuseWithoutBinding(String wanted) throws WireException {
        if (settings.channelBinding() == ChannelBinding.REQUIRE && !(bound && proven)) {
            throw refused("channel binding is required, and the server asks for " + wanted);
        }
    }

    private static WireException unsupported(String method) {
        return refused("the server asks for authentication by " + method
                + ", which is not supported; passwords (SCRAM-SHA-256, MD5, clear text), certificates and trust are");
    }

    private static WireException refused(String message) {
        return new WireException(Reason.AUTHENTICATION, message);
    }

    private String password(String wanted) throws WireException {
        String password = settings.password();
        if (password == null || password.isEmpty()) {
            throw refused("the server wants " + wanted + " of user '" + settings.user() + "' and none is given");
        }
        return password;
    }

    private String md5(String password, byte[] salt) {
        String inner = md5((password + settings.user()).getBytes(StandardCharsets.UTF_8), new byte[0]);
        return "md5" + md5(inner.getBytes(StandardCharsets.US_ASCII), salt);
    }

    private static String md5(byte[] text, byte[] salt) {
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            md5.update(text);
            return HexFormat.of().formatHex(md5.digest(salt));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    private void beginScram() throws WireException {
        if (scram != null) {
            throw messages.unexpected();
        }
        List<String> offered = mechanisms();
        String mechanism = chosen(offered);
        boolean plus = mechanism.equals(SCRAM_PLUS);
        byte[] binding = plus && endPoint != null ? endPoint : new byte[0];
        String password = password("a password (" + mechanism + ")");
        Scram begun = new Scram("", password, nonce(), gs2Header(offered, plus), binding);
        scram = begun;
        bound = plus;
        byte[] first = begun.first().getBytes(StandardCharsets.UTF_8);
        messages.send(Outgoing.message('p')
                .text(mechanism)
                .int32(first.length)
                .bytes(first)
                .done());
    }

    private List<String> mechanisms() throws WireException {
        List<String> offered = new ArrayList<>();
        for (String name = messages.text(); !name.isEmpty(); name = messages.text()) {
            offered.add(name);
        }
        messages.end();
        return offered;
    }

    private String chosen(List<String> offered) throws WireException {
        if (offered.contains(SCRAM_PLUS)) {
            if (!encrypted) {
                throw refused("the server offers channel binding on a connection without TLS");
            }
            if (endPoint != null && settings.channelBinding() != ChannelBinding.DISABLE) {
                return SCRAM_PLUS;
            }
        }
        if (settings.channelBinding() == ChannelBinding.REQUIRE) {
            throw refused("channel binding is required, and "
                    + (offered.contains(SCRAM_PLUS)
                            ? "the server's certificate has a signature without a hash to bind to"
                            : "the server offers " + String.join(", ", offered) + " only"));
        }
        if (!offered.contains(SCRAM)) {
            throw unsupported("SASL " + String.join(", ", offered));
        }
        return SCRAM;
    }

    /** Also tells a server that offers channel binding whether its offer was seen, so that nobody can take it away unnoticed. */
    private String gs2Header(List<String> offered, boolean plus) {
        if (plus) {
            return "p=tls-server-end-point,,";
        }
        boolean couldBind = endPoint != null && settings.channelBinding() != ChannelBinding.DISABLE;
        return couldBind && !offered.contains(SCRAM_PLUS) ? "y,," : "n,,";
    }

    private static String nonce() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random);
    }

    private void continueScram() throws WireException {
        if (scram == null || proven) {
            throw messages.unexpected();
        }
        String last = scram.last(new String(messages.rest(), StandardCharsets.UTF_8));
        messages.send(Outgoing.message('p')
                .bytes(last.getBytes(StandardCharsets.UTF_8))
                .done());
    }

    private void endScram() throws WireException {
        if (scram == null || proven) {
            throw messages.unexpected();
        }
        scram.verify(new String(messages.rest(), StandardCharsets.UTF_8));
        proven = true;
    }

    private void refuseNegotiation() throws WireException {
        int newest = messages.int32();
        int count = messages.int32();
        List<String> unknown = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            unknown.add(messages.text());
        }
        messages.end();
        throw WireException.protocol(
                unknown.isEmpty()
                        ? "the server does not speak version 3.0 of the protocol but 3." + (newest & 0xFFFF)
                        : "the server does not know the protocol's options " + String.join(", ", unknown));
    }

    private Welcome welcome() throws ServerError, WireException {
        Map<String, String> parameters = new TreeMap<>();
        int processId = 0;
        byte[] cancelKey = {};
        while (true) {
            switch (messages.next()) {
                case 'S' -> {
                    parameters.put(messages.text(), messages.text());
                    messages.end();
                }
                case 'K' -> {
                    processId = messages.int32();
                    cancelKey = messages.rest();
                    if (cancelKey.length < 4 || cancelKey.length > LONGEST_CANCEL_KEY) {
                        throw WireException.protocol(
                                "the server's key for cancelling has " + cancelKey.length + " bytes");
                    }
                }
                case 'Z' -> {
                    messages.letter();
                    messages.end();
                    return new Welcome(parameters, processId, cancelKey);
                }
                case 'E' -> throw new ServerError(messages.fields());
                case 'N' -> messages.fields();
                default -> throw messages.unexpected();
            }
        }
    }
}
