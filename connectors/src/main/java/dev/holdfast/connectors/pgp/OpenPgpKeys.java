package dev.holdfast.connectors.pgp;

import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Invalid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.jspecify.annotations.Nullable;
import org.pgpainless.PGPainless;

/** Reads certificates (public keys) and secret keys as {@code gpg --export} writes them, armored or not, any number in a file. */
final class OpenPgpKeys {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN PGP ([A-Z ]+)-----.*?-----END PGP \\1-----", Pattern.DOTALL);

    private OpenPgpKeys() {}

    /**
     * @param where they are from, for people
     * @throws Invalid if there is none, or something else
     */
    static List<PGPPublicKeyRing> certificates(byte[] bytes, String where) {
        List<PGPPublicKeyRing> certificates = new ArrayList<>();
        for (byte[] block : blocks(bytes, "PUBLIC KEY BLOCK", where)) {
            try {
                PGPainless.readKeyRing().publicKeyRingCollection(block).forEach(certificates::add);
            } catch (IOException | RuntimeException e) {
                throw unreadable(where, e);
            }
        }
        if (certificates.isEmpty()) {
            throw none(where, "certificate (public key)", "--export");
        }
        return certificates;
    }

    /**
     * @throws Invalid if there is none, or something else
     */
    static List<PGPSecretKeyRing> secretKeys(byte[] bytes, String where) {
        List<PGPSecretKeyRing> keys = new ArrayList<>();
        for (byte[] block : blocks(bytes, "PRIVATE KEY BLOCK", where)) {
            try {
                PGPainless.readKeyRing().secretKeyRingCollection(block).forEach(keys::add);
            } catch (IOException | RuntimeException e) {
                throw unreadable(where, e);
            }
        }
        if (keys.isEmpty()) {
            throw none(where, "secret key", "--export-secret-keys");
        }
        return keys;
    }

    private static List<byte[]> blocks(byte[] bytes, String kind, String where) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.contains("-----BEGIN PGP ")) {
            return bytes.length == 0 ? List.of() : List.of(bytes);
        }
        List<byte[]> blocks = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (!matcher.group(1).equals(kind)) {
                throw new Invalid(
                        ErrorCode.CONFIGURATION_INVALID,
                        where + " holds a PGP " + matcher.group(1) + ", and a PGP " + kind + " is needed",
                        kind.startsWith("PUBLIC")
                                ? "give the output of 'gpg --armor --export NAME'; a secret key stays where it is."
                                : "give the output of 'gpg --armor --export-secret-keys NAME'.");
            }
            blocks.add(matcher.group().getBytes(StandardCharsets.ISO_8859_1));
        }
        return blocks;
    }

    private static Invalid none(String where, String what, String option) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                where + " holds no OpenPGP " + what,
                "give the output of 'gpg --armor " + option + " NAME'.");
    }

    private static Invalid unreadable(String where, @Nullable Throwable cause) {
        return new Invalid(
                ErrorCode.CONFIGURATION_INVALID,
                where + " cannot be read as OpenPGP: " + (cause == null ? "" : cause.getMessage()),
                "export the key again.",
                cause);
    }
}
