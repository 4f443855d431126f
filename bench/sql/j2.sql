-- J2: which rule admitted each flow, and how far the connections of each rule got. As someone would write it who knows
-- this data and wants speed: one pass that groups the records by interface, direction, peer, protocol and service port
-- (a rule change splits the counters in two, before and after, not the groups), then the rules, over the groups only.
-- Of the contract's counters only those that the answer needs (whether someone answered, not how often); refused records
-- change no grade of a group that has hits; copies of records are not looked for.
SET VARIABLE change = (SELECT max(coalesce(valid_from, valid_to)) FROM {rules});

CREATE TEMP TABLE rule_on_interface AS
SELECT i.interface_id, r.* EXCLUDE (group_no),
       (valid_from IS NULL)::INT AS before, (valid_to IS NULL)::INT AS after
FROM {rules} r JOIN {attachments} USING (group_no) JOIN {interfaces} i USING (interface_no);

CREATE TEMP TABLE peer AS
SELECT interface_id, egress, peer, protocol, service_port,
       sum(hit_before)::BIGINT AS accepted_before, sum(hit_after)::BIGINT AS accepted_after,
       sum(hit_before * bytes)::BIGINT AS bytes_before, sum(hit_after * bytes)::BIGINT AS bytes_after,
       max(hit_before * "end") AS last_before, max(hit_after * "end") AS last_after,
       bool_or(NOT from_initiator AND NOT reset) AS answered,
       bool_or(from_initiator AND payload) AS payload_in,
       bool_or(NOT from_initiator AND payload) AS payload_out
FROM (
    SELECT interface_id, peer, protocol, service_port, "end", bytes, from_initiator, reset,
           from_peer <> from_initiator AS egress,
           (from_initiator AND start < getvariable('change'))::INT AS hit_before,
           (from_initiator AND start >= getvariable('change'))::INT AS hit_after,
           protocol <> 6 OR bytes > packets * (CASE WHEN ipv6 THEN 80 ELSE 60 END) AS payload
    FROM (
        SELECT interface_id, protocol, packets, bytes, start, "end",
               srcport > dstport AS from_initiator,
               least(srcport, dstport) AS service_port,
               {side}
        FROM {flows_and_sides}
        WHERE action = 'ACCEPT'))
GROUP BY ALL
HAVING accepted_before + accepted_after > 0;

CREATE TEMP TABLE graded AS
SELECT interface_id, egress, peer, protocol, service_port,
       accepted_before, accepted_after, bytes_before, bytes_after, last_before, last_after,
       CASE WHEN answered AND (CASE WHEN protocol = 6 THEN payload_in OR payload_out
                                    ELSE payload_in AND payload_out END) THEN 'session'
            WHEN answered THEN 'handshake'
            ELSE 'probe' END AS grade,
       CASE WHEN contains(peer, ':') THEN 6 ELSE 4 END AS family,
       CASE WHEN contains(peer, ':') THEN 0
            ELSE split_part(peer, '.', 1)::BIGINT * 16777216 + split_part(peer, '.', 2)::BIGINT * 65536
                 + split_part(peer, '.', 3)::BIGINT * 256 + split_part(peer, '.', 4)::BIGINT END AS address
FROM peer;

WITH hit AS (
    SELECT rule_id, grade,
           before * accepted_before + after * accepted_after AS hits,
           before * bytes_before + after * bytes_after AS bytes,
           greatest(before * last_before, after * last_after) AS last
    FROM graded p JOIN rule_on_interface r
      ON p.interface_id = r.interface_id AND p.egress = r.egress AND p.protocol = r.protocol AND p.family = r.family
     AND p.service_port BETWEEN r.from_port AND r.to_port AND p.address BETWEEN r.first_address AND r.last_address
    WHERE r.source_group IS NULL
    UNION ALL
    SELECT rule_id, grade,
           before * accepted_before + after * accepted_after,
           before * bytes_before + after * bytes_after,
           greatest(before * last_before, after * last_after)
    FROM graded p JOIN (
        SELECT r.*, unnest([m.ipv4, m.ipv6]) AS member
        FROM rule_on_interface r JOIN {attachments} a ON a.group_no = r.source_group JOIN {interfaces} m USING (interface_no)
        WHERE r.source_group IS NOT NULL) r
      ON p.interface_id = r.interface_id AND p.egress = r.egress AND p.protocol = r.protocol AND p.peer = r.member
     AND p.service_port BETWEEN r.from_port AND r.to_port)
SELECT rule_id, coalesce(sum(hits), 0) AS hits, coalesce(sum(bytes), 0) AS bytes,
       count(*) FILTER (hits > 0 AND grade = 'session') AS sessions,
       count(*) FILTER (hits > 0 AND grade = 'handshake') AS handshakes,
       count(*) FILTER (hits > 0 AND grade = 'probe') AS probes,
       strftime(make_timestamp(nullif(max(last), 0) * 1000000), '%Y-%m-%dT%H:%M:%SZ') AS last_hit
FROM {rules} LEFT JOIN hit USING (rule_id)
GROUP BY rule_id
ORDER BY rule_id
