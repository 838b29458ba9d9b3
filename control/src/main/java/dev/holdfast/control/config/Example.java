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
    static final String SFTP =
            "for example: sftp: {host: nas.example.org, user: backup, path: /srv/backups/shop, key: ~/.ssh/id_ed25519}";
    static final String DESTINATIONS = "for example: destinations: {disk: {local: {path: /var/backups/shop}}}";
    static final String SOURCES = "for example: sources: {uploads: {directory: {path: /srv/shop/uploads}}}";
    static final String REPOSITORY =
            "for example: repository: {passphrase: '${HOLDFAST_PASSPHRASE}', destinations: {disk: {local: {path: /var/backups/shop}}}}";

    static final String ZONE = "for example: zone: Europe/Berlin";
    static final String SCHEDULE = "for example: schedule: '0 2 * * *', or schedule: {at: every 6h, jitter: 10m}";
    static final String RETENTION = "for example: retention: {keep-days: 30, keep-monthly: 12}";
    static final String KEEP_LABELS = "for example: keep-labels: [release, \"legal=hold\"]";
    static final String PRUNE = "for example: prune: '@weekly'";
    static final String HOOKS =
            "for example: hooks: {before-backup: [{command: [docker, exec, app, flush], on-failure: warn}]}";
    static final String WHEN = "for example: when: always";
    static final String ON_FAILURE = "for example: on-failure: warn";
    static final String ENVIRONMENT = "for example: environment: {APP: shop}";
    static final String HTTP = "for example: http: {url: 'https://example.org/hook', method: POST}";
    static final String EXPECT = "for example: expect: [200, 204]";
    static final String RETRY = "for example: retry: {attempts: 3, wait: 1m, longest-wait: 1h}";
    static final String STALLED_AFTER = "for example: stalled-after: 30m";
    static final String APP_VERSION = "for example: app-version: '${APP_VERSION}'";
    static final String NOTIFY =
            "for example: notify: {channels: {mail: {email: {host: smtp.example.org, from: backup@example.org, to: [ops@example.org]}}}}";
    static final String CHANNEL = "for example: channels: {chat: {slack: {url: '${SLACK_URL}'}}}";
    static final String EMAIL =
            "for example: email: {host: smtp.example.org, user: backup, password: '${SMTP_PASSWORD}', from: backup@example.org, to: [ops@example.org]}";
    static final String WEBHOOK =
            "for example: webhook: {url: 'https://example.org/hook', template: '{\"text\": \"${title}\"}'}";
    static final String TELEGRAM = "for example: telegram: {token: '${BOT_TOKEN}', chat: '-1001234567890'}";
    static final String NTFY = "for example: ntfy: {topic: '${NTFY_TOPIC}'}";
    static final String GOTIFY =
            "for example: gotify: {server: 'https://gotify.example.org', token: '${GOTIFY_TOKEN}'}";
    static final String PING = "for example: ping: {url: 'https://hc-ping.com/...'}";
    static final String ROUTES = "for example: routes: [{channels: [mail], events: [failure, missed]}]";
    static final String DIGEST = "for example: digest: {channels: [mail], day: monday, at: '08:00'}";
    static final String ALARMS = "for example: alarms: {storage: 500GB, copy-behind: 6h}";

    static final String EXPORTS =
            "for example: exports: {files: {places: {disk: {local: {path: /srv/exports}, keep: {days: 30}}}}}";
    static final String EXPORT_PARTS = "for example: parts: [database]";
    static final String EXPORT_FORMAT = "for example: format: {databases: sql.gz, files: tar.gz}";
    static final String EXPORT_NAME = "for example: name: '{database}_%Y-%m-%d_%H-%M-%S.{ext}', or name: folders";
    static final String EXPORT_PATIENCE = "for example: patience: 10m, how long one place may let the others wait";
    static final String EXPORT_PLACES =
            "for example: places: {disk: {local: {path: /srv/exports}, keep: {days: 30, minimum: 3}}}";
    static final String CHECKSUMS = "for example: checksums: [md5, sha256]";
    static final String ENCRYPT = "for example: encrypt: {recipients: [/etc/holdfast/ops.asc]}";
    static final String SIGN = "for example: sign: {key: /etc/holdfast/signer.asc, passphrase: '${SIGNER_PASSPHRASE}'}";
    static final String KEEP = "for example: keep: {days: 30, monthly: 12}";
    static final String ADOPTED = "for example: adopted: {old: {local: {path: /srv/backups}, zone: Europe/Berlin}}";
    static final String WHEN_EXPORTED = "for example: when: by-hand";

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
            schedule: 0 2 * * *
            retention:
              keep-days: 30
            """;

    static final String STACK = "'holdfast init --help' shows a whole stack file.";

    /** Where a whole stack file is shown, as the end of a sentence. */
    public static final String STACK_HELP = STACK;

    private Example() {}
}
