-- The roles of Astral in PostgreSQL. Neither is a superuser. It may run again: it then changes only passwords.
--   astral_owner  owns the tables; `manage.py migrate` uses it
--   astral_app    reads and writes rows; the web server and the worker use it
-- psql needs the variables owner_password and app_password; deploy/postgres-roles.sh gives them.
DO $$
DECLARE
    wanted text;
    thing record;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['astral_owner', 'astral_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I', wanted);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', wanted);
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO astral_owner', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO astral_app', current_database());

    -- Tables of an older installation belong to the superuser. What belongs to an extension stays.
    FOR thing IN
        SELECT format('TABLE %s', class.oid::regclass) AS name FROM pg_class AS class
         WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p', 'v', 'm')
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = class.oid AND deptype = 'e')
        UNION ALL
        SELECT format('ROUTINE %s', routine.oid::regprocedure) FROM pg_proc AS routine
         WHERE routine.pronamespace = 'public'::regnamespace
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = routine.oid AND deptype = 'e')
        UNION ALL
        SELECT format('TYPE %s', type.oid::regtype) FROM pg_type AS type
         WHERE type.typnamespace = 'public'::regnamespace AND type.typtype IN ('e', 'd')
           AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = type.oid AND deptype = 'e')
    LOOP
        EXECUTE format('ALTER %s OWNER TO astral_owner', thing.name);
    END LOOP;
END
$$;
ALTER SCHEMA public OWNER TO astral_owner;
ALTER ROLE astral_owner PASSWORD :'owner_password';
ALTER ROLE astral_app PASSWORD :'app_password';
GRANT USAGE ON SCHEMA public TO astral_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO astral_app;
GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO astral_app;
ALTER DEFAULT PRIVILEGES FOR ROLE astral_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO astral_app;
ALTER DEFAULT PRIVILEGES FOR ROLE astral_owner IN SCHEMA public
    GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO astral_app;
