package dev.holdfast.control.notify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A key with a certificate of its own for 127.0.0.1 and localhost, made by the Java that runs the test. */
final class TestKeys {
    static final String PASSWORD = "changeit";

    private final Path store;
    private final Path pem;

    private TestKeys(Path store, Path pem) {
        this.store = store;
        this.pem = pem;
    }

    static TestKeys in(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        return in(folder, "dns:localhost,ip:127.0.0.1");
    }

    static TestKeys in(Path folder, String hosts) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve("key-" + System.nanoTime() + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "key",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=" + hosts,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-validity",
                        "30")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        if (keytool.waitFor() != 0) {
            throw new AssertionError(Files.readString(folder.resolve("keytool.log")));
        }
        Path pem = folder.resolve(store.getFileName() + ".pem");
        byte[] certificate = load(store).getCertificate("key").getEncoded();
        Files.writeString(
                pem,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
                        + "\n-----END CERTIFICATE-----\n");
        return new TestKeys(store, pem);
    }

    Path store() {
        return store;
    }

    /** The certificate, for those who are to trust it. */
    Path pem() {
        return pem;
    }

    /** For a server that shows it. */
    SSLContext server() throws IOException, GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(store), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static KeyStore load(Path store) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }
}
