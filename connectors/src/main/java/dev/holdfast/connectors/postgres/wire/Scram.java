package dev.holdfast.connectors.postgres.wire;

import com.ongres.saslprep.SASLprep;
import dev.holdfast.connectors.postgres.wire.WireException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The client's side of SCRAM-SHA-256: proves that it knows the password without saying it, and has the server prove the same.
 * Three steps, in order, once. For one thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7677">RFC 7677</a>
 */
final class Scram {
    private static final Pattern SERVER_FIRST =
            Pattern.compile("r=([\\x21-\\x2B\\x2D-\\x7E]+),s=([A-Za-z0-9+/=]+),i=([1-9][0-9]{0,8})(?:,.*)?");
    private static final Pattern SERVER_FINAL = Pattern.compile("v=([A-Za-z0-9+/=]+)(?:,.*)?");

    /** Ten seconds of work or so; a server that asks for more wants to keep us busy. */
    private static final int MOST_ITERATIONS = 10_000_000;

    private final byte[] password;
    private final String nonce;
    private final String gs2Header;
    private final byte[] binding;
    private final String firstBare;
    private byte[] serverSignature = {};

    /**
     * @param user empty for PostgreSQL, which knows it from the startup message
     * @param nonce random, printable, without comma
     * @param gs2Header {@code n,,}, {@code y,,} or {@code p=tls-server-end-point,,}
     * @param binding what the last of these binds to; else empty
     */
    Scram(String user, String password, String nonce, String gs2Header, byte[] binding) {
        this.password = prepared(password).getBytes(StandardCharsets.UTF_8);
        this.nonce = nonce;
        this.gs2Header = gs2Header;
        this.binding = binding.clone();
        this.firstBare = "n=" + user + ",r=" + nonce;
    }

    /** Where the rules forbid a password, servers have taken it as it is, so that it can be used all the same. */
    private static String prepared(String password) {
        try {
            String prepared = new SASLprep().prepareStored(password);
            return prepared.isEmpty() ? password : prepared;
        } catch (IllegalArgumentException e) {
            return password;
        }
    }

    String first() {
        return gs2Header + firstBare;
    }

    /**
     * The answer to the server's first message.
     *
     * @throws WireException if that is not one, or is an answer to somebody else
     */
    String last(String serverFirst) throws WireException {
        Matcher said = SERVER_FIRST.matcher(serverFirst);
        if (!said.matches()) {
            throw refused("the server's challenge is malformed");
        }
        String bothNonces = said.group(1);
        if (!bothNonces.startsWith(nonce) || bothNonces.length() == nonce.length()) {
            throw refused("the server's challenge answers another client");
        }
        int iterations = Integer.parseInt(said.group(3));
        if (iterations > MOST_ITERATIONS) {
            throw refused(
                    "the server asks for " + iterations + " iterations of its hash, more than " + MOST_ITERATIONS);
        }
        byte[] salted = salted(decoded(said.group(2)), iterations);
        String withoutProof = "c=" + Base64.getEncoder().encodeToString(channel()) + ",r=" + bothNonces;
        byte[] dialog = ascii(firstBare + "," + serverFirst + "," + withoutProof);
        byte[] clientKey = hmac(salted, ascii("Client Key"));
        byte[] proof = xor(clientKey, hmac(sha256(clientKey), dialog));
        serverSignature = hmac(hmac(salted, ascii("Server Key")), dialog);
        return withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof);
    }

    /**
     * Looks at the server's proof.
     *
     * @throws WireException if it does not know the password
     */
    void verify(String serverFinal) throws WireException {
        Matcher said = SERVER_FINAL.matcher(serverFinal);
        if (serverSignature.length == 0
                || !said.matches()
                || !MessageDigest.isEqual(decoded(said.group(1)), serverSignature)) {
            throw refused("the server could not prove that it knows the password");
        }
    }

    private byte[] channel() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ascii(gs2Header));
        bytes.writeBytes(binding);
        return bytes.toByteArray();
    }

    private byte[] salted(byte[] salt, int iterations) {
        try {
            Mac mac = mac(password);
            byte[] block = mac.doFinal(ByteBuffer.allocate(salt.length + Integer.BYTES)
                    .put(salt)
                    .putInt(1)
                    .array());
            byte[] sum = block.clone();
            for (int i = 1; i < iterations; i++) {
                mac.update(block);
                mac.doFinal(block, 0);
                for (int k = 0; k < sum.length; k++) {
                    sum[k] ^= block[k];
                }
            }
            return sum;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, byte[] text) {
        try {
            return mac(key).doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }

    /** A key of zero bytes is as good as an empty one, which Java does not take. */
    private static Mac mac(byte[] key) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
        return mac;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] xor(byte[] one, byte[] other) {
        byte[] result = one.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= other[i];
        }
        return result;
    }

    private static byte[] decoded(String base64) throws WireException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new WireException(Reason.AUTHENTICATION, "the server's proof is malformed", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static WireException refused(String message) {
        return new WireException(Reason.AUTHENTICATION, message);
    }
}
