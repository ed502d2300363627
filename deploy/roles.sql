-- The database and who may do what in it; as superuser, once, and again it does no harm:
--   sudo -u postgres psql -f deploy/roles.sql          compose does it by itself, in a new database
-- The owner makes and changes tables, and does nothing else. The site and the worker read and write rows.
-- What tables ask beside this, deploy/start.sh migrate gives each time (lerarenkaart/rights.py).
\set ON_ERROR_STOP on
SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['lerarenkaart_owner', 'lerarenkaart_web', 'lerarenkaart_worker']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
SELECT 'CREATE DATABASE lerarenkaart ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'lerarenkaart') \gexec
\connect lerarenkaart
ALTER DATABASE lerarenkaart OWNER TO lerarenkaart_owner;
ALTER SCHEMA public OWNER TO lerarenkaart_owner;
REVOKE ALL ON DATABASE lerarenkaart FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE lerarenkaart TO lerarenkaart_web, lerarenkaart_worker;
-- An import and the run of a year work in tables that last as long as they do.
GRANT TEMPORARY ON DATABASE lerarenkaart TO lerarenkaart_worker;
GRANT USAGE ON SCHEMA public TO lerarenkaart_web, lerarenkaart_worker;
-- What a later migration makes.
ALTER DEFAULT PRIVILEGES FOR ROLE lerarenkaart_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lerarenkaart_web, lerarenkaart_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE lerarenkaart_owner IN SCHEMA public
  GRANT USAGE ON SEQUENCES TO lerarenkaart_web, lerarenkaart_worker;
