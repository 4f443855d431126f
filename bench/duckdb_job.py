"""One job in DuckDB, in a process of its own (run it with the Python of build/bench/venv).

    duckdb_job.py JOB FORMAT DIR ANSWER [--threads N] [--database FILE]

JOB: j1, j2, j3, trail, ingest (flows into a table of FILE), digest (of the Parquet file or folder DIR, to standard output), or
start (nothing: what Python and DuckDB cost by themselves). j1 and j2 with --database ask the ingested table. The answer goes to the file ANSWER, the seconds of import, start and query
to standard output as JSON.
"""

import argparse
import glob
import json
import os
import pathlib
import sys
import time

SQL = pathlib.Path(__file__).resolve().parent / "sql"

V2 = [("version", "INTEGER"), ("account_id", "VARCHAR"), ("interface_id", "VARCHAR"), ("srcaddr", "VARCHAR"), ("dstaddr", "VARCHAR"),
      ("srcport", "INTEGER"), ("dstport", "INTEGER"), ("protocol", "INTEGER"), ("packets", "BIGINT"), ("bytes", "BIGINT"),
      ("start", "BIGINT"), ("end", "BIGINT"), ("action", "VARCHAR"), ("log_status", "VARCHAR")]
V5 = V2 + [("vpc_id", "VARCHAR"), ("subnet_id", "VARCHAR"), ("instance_id", "VARCHAR"), ("tcp_flags", "INTEGER"), ("type", "VARCHAR"),
           ("pkt_srcaddr", "VARCHAR"), ("pkt_dstaddr", "VARCHAR"), ("region", "VARCHAR"), ("az_id", "VARCHAR"),
           ("sublocation_type", "VARCHAR"), ("sublocation_id", "VARCHAR"), ("pkt_src_aws_service", "VARCHAR"),
           ("pkt_dst_aws_service", "VARCHAR"), ("flow_direction", "VARCHAR"), ("traffic_path", "INTEGER")]

# The peer's side: v5 says the direction, v2 needs the interface's own addresses.
SIDE = {
    "v5": """flow_direction = 'ingress' AS from_peer,
               CASE WHEN flow_direction = 'ingress' THEN pkt_srcaddr ELSE pkt_dstaddr END AS peer,
               type = 'IPv6' AS ipv6, tcp_flags & 6 = 4 AS reset""",
    "v2": """dstaddr = ipv4 OR dstaddr IS NOT DISTINCT FROM ipv6 AS from_peer,
               CASE WHEN dstaddr = ipv4 OR dstaddr IS NOT DISTINCT FROM ipv6 THEN srcaddr ELSE dstaddr END AS peer,
               contains(srcaddr, ':') AS ipv6, false AS reset""",
}

# The parts of requestParameters and responseElements that the query reads.
RULE = "STRUCT(groupId VARCHAR, securityGroupRuleId VARCHAR, ipProtocol VARCHAR, fromPort BIGINT, toPort BIGINT, cidrIpv4 VARCHAR)"
DESCRIBED = "STRUCT(GroupId VARCHAR, SecurityGroupRuleDescription STRUCT(SecurityGroupRuleId VARCHAR, Description VARCHAR))"
REQUEST = f"""STRUCT(ModifySecurityGroupRulesRequest STRUCT(GroupId VARCHAR, SecurityGroupRule STRUCT(SecurityGroupRuleId VARCHAR,
            SecurityGroupRule STRUCT(IpProtocol VARCHAR, FromPort BIGINT, ToPort BIGINT, CidrIpv4 VARCHAR))),
        UpdateSecurityGroupRuleDescriptionsIngressRequest {DESCRIBED}, UpdateSecurityGroupRuleDescriptionsEgressRequest {DESCRIBED})"""
RESPONSE = f"""STRUCT(groupId VARCHAR, securityGroupRuleSet STRUCT(items {RULE}[]),
        revokedSecurityGroupRuleSet STRUCT(items {RULE}[]))"""

TABLES = {
    "rules": "rule_id VARCHAR, group_no INTEGER, egress BOOLEAN, protocol INTEGER, from_port INTEGER, to_port INTEGER, family INTEGER, "
             "first_address BIGINT, last_address BIGINT, source_group INTEGER, valid_from BIGINT, valid_to BIGINT",
    "attachments": "interface_no INTEGER, group_no INTEGER",
    "interfaces": "interface_no INTEGER, interface_id VARCHAR, ipv4 VARCHAR, ipv6 VARCHAR",
}


def text(value):
    return "'" + str(value).replace("'", "''") + "'"


def read_csv(files, columns, delimiter):
    wanted = ", ".join(f"{text(name)}: {text(kind)}" for name, kind in columns)
    listed = files if isinstance(files, str) else "[" + ", ".join(map(text, files)) + "]"
    return (f"read_csv({listed}, delim={text(delimiter)}, header=true, quote='', escape='', auto_detect=false, "
            f"columns={{{wanted}}}, nullstr={text('-' if delimiter == ' ' else '')})")


def files_below(folder, ending):
    found = sorted(glob.glob(os.path.join(glob.escape(folder), "logs", "AWSLogs", "**", "*" + ending), recursive=True))
    return found or sys.exit(f"duckdb_job: no *{ending} below {folder}")


def digest(connection, path):
    """Number of rows and a checksum over all columns as text, whatever the order of the rows."""
    source = f"read_parquet({text(os.path.join(path, '**', '*.parquet') if os.path.isdir(path) else path)})"
    columns = [row[0] for row in connection.execute(f"DESCRIBE FROM {source}").fetchall()]
    row = ", ".join(f'"{name}"::VARCHAR' for name in columns)
    return connection.execute(f"SELECT count(*), sum(hash({row})) FROM {source}").fetchone(), columns


def statements(options):
    """The job as SQL; the last statement gives the answer."""
    job, folder = options.job, options.dir
    if job == "start":
        return ["SELECT 1 AS one"]
    if job == "trail":
        listed = "[" + ", ".join(map(text, files_below(folder, ".json.gz"))) + "]"
        return [(SQL / "trail.sql").read_text().format(trail=listed, request=REQUEST, response=RESPONSE)]
    columns = V5 if options.format == "v5" else V2
    flows = "flows" if options.database and job != "ingest" else read_csv(files_below(folder, ".log.gz"), columns, " ")
    if job == "ingest":
        return [f"CREATE TABLE flows AS FROM {flows}", "CHECKPOINT", "SELECT count(*) AS records FROM flows"]
    if job == "j3":
        return [f"COPY (FROM {flows}) TO {text(options.answer)} (FORMAT parquet, COMPRESSION zstd)"]
    if job == "j1":
        chosen = pathlib.Path(folder, "tables", "chosen_interfaces.txt").read_text().split()
        return [(SQL / "j1.sql").read_text().format(flows=flows, interfaces=", ".join(map(text, chosen)))]
    tables = {name: read_csv(text(os.path.join(folder, "tables", name + ".csv")), [tuple(c.split()) for c in kinds.split(", ")], ",")
              for name, kinds in TABLES.items()}
    # The small tables are read once.
    small = [f"CREATE TEMP TABLE {name}_table AS FROM {source}" for name, source in tables.items()]
    names = {name: name + "_table" for name in tables}
    sided = flows + (" JOIN interfaces_table USING (interface_id)" if options.format == "v2" else "")
    script = (SQL / "j2.sql").read_text().format(side=SIDE[options.format], flows_and_sides=sided, **names)
    return small + [part for part in script.split(";\n\n") if part.strip()]


def main():
    parser = argparse.ArgumentParser()
    for name in ("job", "format", "dir", "answer"):
        parser.add_argument(name)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--database")
    options = parser.parse_args()

    begun = time.monotonic()
    import duckdb
    imported = time.monotonic()
    reads_only = options.database is not None and options.job != "ingest"
    connection = duckdb.connect(options.database or ":memory:", read_only=reads_only, config={"threads": options.threads})
    connection.execute("SET preserve_insertion_order = false")
    connected = time.monotonic()
    if options.job == "digest":
        print(digest(connection, options.dir))
        return
    *first, last = statements(options)
    for statement in first:
        connection.execute(statement)
    if options.job != "j3":
        last = f"COPY ({last}) TO {text(options.answer)} (FORMAT csv, HEADER)"
    connection.execute(last)
    done = time.monotonic()
    print(json.dumps({"import_s": imported - begun, "connect_s": connected - imported, "query_s": done - connected,
                      "version": duckdb.__version__}))


if __name__ == "__main__":
    main()
