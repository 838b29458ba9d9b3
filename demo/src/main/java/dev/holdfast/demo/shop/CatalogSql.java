package dev.holdfast.demo.shop;

/** The questions that describe a database apart from its rows, as pairs of a name and a definition. */
final class CatalogSql {
    /** Every row is one fact; several facts of one name are joined in their order. */
    static final String DEFINITIONS = """
            WITH ours AS (
              SELECT oid FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%')
            SELECT 'column ' || c.oid::regclass || '.' || a.attname AS name,
                   concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'not null' END,
                     'identity=' || a.attidentity::text, 'generated=' || a.attgenerated::text,
                     'storage=' || a.attstorage::text,
                     pg_get_expr(d.adbin, d.adrelid)) AS definition
              FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
              WHERE c.relnamespace IN (SELECT oid FROM ours) AND c.relkind IN ('r', 'p', 'm', 'v', 'c')
            UNION ALL SELECT 'relation ' || c.oid::regclass,
                   concat_ws(' ', c.relkind, c.relowner::regrole, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid),
                     CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
                     CASE WHEN c.relkind = 'm' THEN 'populated=' || c.relispopulated END)
              FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM ours) AND c.relkind IN ('r', 'p', 'm', 'v', 'S', 'c')
            UNION ALL SELECT 'index ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) || ' valid=' || i.indisvalid
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace IN (SELECT oid FROM ours)
            UNION ALL SELECT 'constraint ' || coalesce(n.conrelid::regclass::text, n.contypid::regtype::text) || '.' || n.conname,
                   pg_get_constraintdef(n.oid) || ' validated=' || n.convalidated
              FROM pg_constraint n WHERE n.connamespace IN (SELECT oid FROM ours)
            UNION ALL SELECT 'trigger ' || t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text
              FROM pg_trigger t WHERE NOT t.tgisinternal
            UNION ALL SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid)
              FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM ours)
            UNION ALL SELECT 'enum ' || e.enumtypid::regtype, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
              FROM pg_enum e GROUP BY e.enumtypid
            UNION ALL SELECT 'sequence ' || s.seqrelid::regclass,
                   concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle,
                     pg_sequence_last_value(s.seqrelid))
              FROM pg_sequence s
            UNION ALL SELECT 'grant on ' || c.oid::regclass, string_agg(concat_ws(' ', r.rolname, g.privilege_type,
                     g.is_grantable), ', ' ORDER BY r.rolname, g.privilege_type)
              FROM pg_class c, aclexplode(c.relacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
              WHERE c.relnamespace IN (SELECT oid FROM ours) GROUP BY c.oid
            UNION ALL SELECT 'grant on ' || a.attrelid::regclass || '.' || a.attname,
                   string_agg(concat_ws(' ', r.rolname, g.privilege_type), ', ' ORDER BY r.rolname, g.privilege_type)
              FROM pg_attribute a, aclexplode(a.attacl) g LEFT JOIN pg_roles r ON r.oid = g.grantee
              GROUP BY a.attrelid, a.attname
            UNION ALL SELECT 'comment on ' || o.type || ' ' || o.identity, d.description
              FROM pg_description d, pg_identify_object(d.classoid, d.objoid, d.objsubid) o
              WHERE o.schema IN ('public') OR o.type = 'large object'
            UNION ALL SELECT 'large object ' || l.oid, md5(lo_get(l.oid)) FROM pg_largeobject_metadata l
            ORDER BY 1, 2
            """;

    private CatalogSql() {}
}
