-- access: who tried to reach the fleet. peer_usage holds one row per key and owner, over the window of the run that made it.
SELECT p.fleet, p.instance_id, p.interface_id, p.account_id, i.region, p.peer_address, p.peer_kind, p.peer_name, p.protocol,
       p.service_port, p.grade, p.attempts, p.accepted, p.rejected, p.records, p.bytes_in, p.bytes_out, p.packets_in, p.packets_out,
       p."first", p."last", p.rules, c.useridentity.arn AS rule_added_by, r.valid_from AS rule_added_at, p.evidence
FROM peer_usage p
LEFT JOIN interfaces i ON i.interface_id = p.interface_id
LEFT JOIN security_group_rules r
       ON r.rule = {first_of p.rules} AND (r.valid_from IS NULL OR r.valid_from <= p."last") AND (r.valid_to IS NULL OR r.valid_to > p."first")
LEFT JOIN cloudtrail_logs c ON c.eventid = r.from_event_id
WHERE p.direction IN ('ingress', 'unknown')
  AND {meets p."first" p."last"}
  AND {match p.fleet fleet} AND {match p.instance_id instance} AND {match p.interface_id interface}
  AND {match p.account_id account} AND {match i.region region}
  AND {ports p.service_port} AND {protocols p.protocol}
ORDER BY CASE p.grade WHEN 'session' THEN 1 WHEN 'handshake' THEN 2 WHEN 'probe' THEN 3 WHEN 'rejected' THEN 4 ELSE 5 END,
         p.attempts DESC, p.peer_address, p.interface_id, p.service_port
