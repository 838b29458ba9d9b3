package dev.holdfast.control.catalog;

import dev.holdfast.control.config.Secret;
import dev.holdfast.engine.error.ErrorCode;
import dev.holdfast.engine.error.Missing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals what is kept in the catalog and must not be readable there (AES-256-GCM, a random nonce for each text). The key is a file
 * beside the catalog; servers that share a catalog need the same one. What is sealed are words and short texts, so random nonces
 * of 96 bits do not run out. Safe for many threads.
 */
public final class Seal {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String FORM = "v1.";

    private final SecretKeySpec key;
    private final SecureRandom random;
    private final Path file;

    private Seal(byte[] key, SecureRandom random, Path file) {
        this.key = new SecretKeySpec(key, "AES");
        this.random = random;
        this.file = file;
    }

    /**
     * The seal with the key in a file, which is made (mode 600) if it is not there.
     *
     * @throws Missing (SECRET_MISSING) if the file is no key or cannot be used
     */
    public static Seal with(Path file, SecureRandom random) {
        try {
            if (!Files.exists(file)) {
                make(file, random);
            }
            byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
            if (key.length != KEY_BYTES) {
                throw unusable(file, "it does not hold a key of " + KEY_BYTES + " bytes", null);
            }
            return new Seal(key, random, file);
        } catch (IOException | IllegalArgumentException e) {
            throw unusable(file, "it cannot be read or written, or is not base 64", e);
        }
    }

    /** Of several that do so at once, one wins, and all use its key. */
    private static void make(Path file, SecureRandom random) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Path draft = Files.createTempFile(
                folder,
                "key",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(draft, Base64.getEncoder().encodeToString(key) + "\n");
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            return; // another server was faster
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /**
     * @param about what the text belongs to; needed again to open it, so that nobody can exchange two sealed texts
     */
    public String seal(Secret text, String about) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, about)
                    .doFinal(text.text().getBytes(StandardCharsets.UTF_8));
            Base64.Encoder encoder = Base64.getEncoder();
            return FORM + encoder.encodeToString(nonce) + "." + encoder.encodeToString(sealed);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no AES-GCM", e);
        }
    }

    /**
     * @throws Missing (SECRET_MISSING) if it was sealed with another key, or changed since
     */
    public Secret open(String sealed, String about) {
        String[] pieces = sealed.split("\\.", -1);
        if (!sealed.startsWith(FORM) || pieces.length != 3) {
            throw foreign(about, null);
        }
        try {
            Base64.Decoder decoder = Base64.getDecoder();
            byte[] text = cipher(Cipher.DECRYPT_MODE, decoder.decode(pieces[1]), about)
                    .doFinal(decoder.decode(pieces[2]));
            return new Secret(new String(text, StandardCharsets.UTF_8));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw foreign(about, e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String about) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(about.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private Missing foreign(String about, @Nullable Exception cause) {
        return new Missing(
                ErrorCode.SECRET_MISSING,
                "what the catalog keeps of " + about + " is not sealed with the key in '" + file + "'",
                "servers that share a catalog need the same key file; copy it from the server that wrote it.",
                cause);
    }

    private static Missing unusable(Path file, String why, @Nullable Exception cause) {
        return new Missing(
                ErrorCode.SECRET_MISSING,
                "the key file '" + file + "' cannot be used: " + why,
                "look at its permissions, or copy it from the server that shares the catalog.",
                cause);
    }
}
