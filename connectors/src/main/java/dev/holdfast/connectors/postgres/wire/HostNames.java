package dev.holdfast.connectors.postgres.wire;

import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Whether a certificate is that of a host, by the rules of libpq: alternative names of the kind asked for, a DNS name or an address;
 * where there is none of that kind, the common name. {@code *} stands for the whole first label. Names that are no valid
 * DNS names, such as those with an underscore, are compared too.
 */
public final class HostNames {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private HostNames() {}

    public static boolean match(X509Certificate certificate, String host) throws CertificateParsingException {
        boolean address = isAddress(host);
        List<String> names = alternatives(certificate, address ? IP_ADDRESS : DNS_NAME);
        if (names.isEmpty()) {
            names = commonName(certificate);
        }
        return names.stream().anyMatch(name -> address ? sameAddress(name, host) : matches(name, host));
    }

    /** What the certificate stands for, for messages. */
    static String shown(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>(alternatives(certificate, DNS_NAME));
        names.addAll(alternatives(certificate, IP_ADDRESS));
        return String.join(", ", names.isEmpty() ? commonName(certificate) : names);
    }

    static boolean isAddress(String host) {
        return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    }

    private static boolean sameAddress(String name, String host) {
        try {
            return isAddress(name) && InetAddress.ofLiteral(name).equals(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    static boolean matches(String name, String host) {
        String pattern = name.toLowerCase(Locale.ROOT);
        String wanted = host.toLowerCase(Locale.ROOT);
        if (!pattern.startsWith("*.")) {
            return !pattern.isEmpty() && pattern.equals(wanted);
        }
        int dot = wanted.indexOf('.');
        return pattern.length() > 2 && dot > 0 && wanted.substring(dot).equals(pattern.substring(1));
    }

    private static List<String> alternatives(X509Certificate certificate, int kind) throws CertificateParsingException {
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        List<String> names = new ArrayList<>();
        if (all != null) {
            for (List<?> name : all) {
                if (name.getFirst().equals(kind) && name.get(1) instanceof String text) {
                    names.add(text);
                }
            }
        }
        return names;
    }

    private static List<String> commonName(X509Certificate certificate) throws CertificateParsingException {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String text) {
                    return List.of(text);
                }
            }
            return List.of();
        } catch (InvalidNameException e) {
            throw new CertificateParsingException("the certificate's subject is malformed", e);
        }
    }
}
