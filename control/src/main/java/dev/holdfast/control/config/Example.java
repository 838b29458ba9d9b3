package dev.holdfast.control.config;

/** Pieces of a stack file as they should look, for hints and for the help. */
public final class Example {
    static final String NAME = "for example: stack: shop";
    static final String POSTGRES =
            "for example: postgres: {url: 'postgresql://shop@127.0.0.1:5432/shop', password: '${SHOP_DB_PASSWORD}'}";
    static final String SSH =
            "for example: ssh: {host: bastion.example.org, user: backup, key: ~/.ssh/id_ed25519, known-hosts: ~/.ssh/known_hosts}";
    static final String FINGERPRINT = "for example: fingerprint: SHA256:ONJMZkZ2v4dzTwD9VcAZbxlDLZ4K9EqN0BuKgUMRjl0";
    static final String SCHEMAS = "for example: schemas: {exclude: [audit]}";
    static final String TABLES = "for example: tables: {exclude: [\"public.cache_*\"]}";
    static final String EXCLUDE_DATA = "for example: exclude-data: [public.sessions]";
    static final String DATABASES = "for example: databases: all";
    static final String EXCLUDE_DATABASES = "for example: exclude-databases: [\"test_*\"]";
    static final String ENDPOINT = "for example: endpoint: http://127.0.0.1:9000";
    static final String BUCKET = "for example: bucket: {endpoint: 'http://127.0.0.1:9000', bucket: shop-media}";
    static final String DIRECTORY = "for example: directory: {path: /srv/shop/uploads}";
    static final String EXCLUDE = "for example: exclude: [\"*.tmp\", \"cache/\"]";
    static final String LOCAL = "for example: local: {path: /var/backups/shop}";
    static final String S3 = "for example: s3: {endpoint: 'http://127.0.0.1:9000', bucket: shop-backup}";
    static final String DESTINATIONS = "for example: destinations: {disk: {local: {path: /var/backups/shop}}}";
    static final String SOURCES = "for example: sources: {uploads: {directory: {path: /srv/shop/uploads}}}";
    static final String REPOSITORY =
            "for example: repository: {passphrase: '${HOLDFAST_PASSPHRASE}', destinations: {disk: {local: {path: /var/backups/shop}}}}";

    /** A whole, small stack file. */
    public static final String FILE = """
            stack: shop
            sources:
              database:
                postgres:
                  url: postgresql://shop@127.0.0.1:5432/shop
                  password: ${SHOP_DB_PASSWORD}
              media:
                bucket:
                  endpoint: http://127.0.0.1:9000
                  bucket: shop-media
                  access-key: ${S3_ACCESS_KEY}
                  secret-key: ${S3_SECRET_KEY}
              uploads:
                directory:
                  path: /srv/shop/uploads
            repository:
              passphrase: ${HOLDFAST_PASSPHRASE}
              destinations:
                disk:
                  local:
                    path: /var/backups/shop
            """;

    static final String STACK = "'holdfast init --help' shows a whole stack file.";

    private Example() {}
}
