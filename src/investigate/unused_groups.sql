-- unused-groups: what carried or named each group at the window's end.
WITH state AS (
  SELECT g.group_id, g.group_name, g.account_id, g.region, g.vpc_id, g.valid_from AS created_at, g.first_known AS known_from,
         g.attachments_baseline, g.is_default, g.managed_by,
         (SELECT count(*) FROM interface_security_groups m WHERE m.group_id = g.group_id AND {at_end m.valid_from m.valid_to}) AS attached,
         (SELECT max(m.valid_to) FROM interface_security_groups m WHERE m.group_id = g.group_id) AS last_detached_at,
         (SELECT count(*) FROM security_group_rules r
          WHERE r.source = g.group_id AND r.group_id <> g.group_id AND {at_end r.valid_from r.valid_to}) AS named_by_rules,
         (SELECT count(*) FROM security_group_rules r
          WHERE r.group_id = g.group_id AND r.direction = 'ingress' AND {at_end r.valid_from r.valid_to}) AS rules_in,
         (SELECT count(*) FROM security_group_rules r
          WHERE r.group_id = g.group_id AND r.direction = 'egress' AND {at_end r.valid_from r.valid_to}) AS rules_out
  FROM security_groups g
  WHERE {at_end g.valid_from g.valid_to} AND ({match g.group_id group} OR {match g.group_name group})
    AND {match g.account_id account} AND {match g.region region}
), judged AS (
  SELECT s.*, CASE WHEN attached > 0 THEN 'in-use'
                   WHEN named_by_rules > 0 THEN 'referenced'
                   WHEN is_default THEN 'default-group'
                   WHEN managed_by IS NOT NULL THEN 'managed'
                   WHEN attachments_baseline = 'unknown' THEN 'unknown'
                   WHEN last_detached_at IS NOT NULL THEN 'detached-since'
                   ELSE 'never-attached' END AS verdict
  FROM state s
)
SELECT group_id, group_name, account_id, region, vpc_id, verdict, created_at, known_from, rules_in, rules_out, last_detached_at
FROM judged
WHERE {flag all} OR verdict IN ('unknown', 'detached-since', 'never-attached')
ORDER BY CASE verdict WHEN 'in-use' THEN 1 WHEN 'referenced' THEN 2 WHEN 'default-group' THEN 3 WHEN 'managed' THEN 4 WHEN 'unknown' THEN 5
         WHEN 'detached-since' THEN 6 ELSE 7 END, last_detached_at, group_id
