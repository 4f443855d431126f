-- sg-changes: versions of rules that begin or end with an event. A modification ends one version and begins the next.
WITH begun AS (
  SELECT from_event_id AS event_id, valid_from AS event_time, account_id, region, group_id, group_name, vpc_id, rule_id, rule, direction,
         protocol, from_port, to_port, text
  FROM security_group_rules
  WHERE from_event_id IS NOT NULL AND NOT default_egress
), ended AS (
  SELECT to_event_id AS event_id, valid_to AS event_time, account_id, region, group_id, group_name, vpc_id, rule_id, rule, direction,
         protocol, from_port, to_port, text
  FROM security_group_rules
  WHERE to_event_id IS NOT NULL
), changed AS (
  SELECT coalesce(b.event_id, e.event_id) AS event_id, coalesce(b.event_time, e.event_time) AS event_time,
         coalesce(b.account_id, e.account_id) AS account_id, coalesce(b.region, e.region) AS region,
         coalesce(b.group_id, e.group_id) AS group_id, coalesce(b.group_name, e.group_name) AS group_name,
         coalesce(b.vpc_id, e.vpc_id) AS vpc_id,
         CASE WHEN e.text IS NULL THEN 'rule-added' WHEN b.text IS NULL THEN 'rule-removed' ELSE 'rule-modified' END AS change,
         coalesce(b.rule_id, e.rule_id) AS rule_id, coalesce(b.direction, e.direction) AS direction,
         coalesce(b.protocol, e.protocol) AS protocol, coalesce(b.from_port, e.from_port) AS from_port,
         coalesce(b.to_port, e.to_port) AS to_port, e.text AS before, b.text AS after
  FROM begun b
  FULL JOIN ended e ON e.event_id = b.event_id AND e.group_id = b.group_id AND e.rule = b.rule
  UNION ALL
  SELECT from_event_id, valid_from, account_id, region, group_id, group_name, vpc_id, 'group-created', NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM security_groups WHERE from_event_id IS NOT NULL
  UNION ALL
  SELECT to_event_id, valid_to, account_id, region, group_id, group_name, vpc_id, 'group-deleted', NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM security_groups WHERE to_event_id IS NOT NULL
)
SELECT x.event_time, x.account_id, x.region, x.group_id, x.group_name, x.vpc_id, x.change, x.rule_id, x.direction, x.before, x.after,
       c.useridentity.arn AS actor_arn, c.useridentity.type AS actor_type, c.sourceipaddress AS source_ip, c.useragent AS user_agent,
       c.eventname AS event_name, x.event_id
FROM changed x
JOIN cloudtrail_logs c ON c.eventid = x.event_id
WHERE {in_window x.event_time}
  AND NOT (x.change = 'rule-removed' AND c.eventname = 'DeleteSecurityGroup')
  AND ({match x.group_id group} OR {match x.group_name group})
  AND {match x.account_id account} AND {match x.region region} AND {match c.useridentity.arn actor}
  AND (x.protocol = -1 OR {ports x.from_port x.to_port}) AND (x.protocol = -1 OR {protocols x.protocol})
ORDER BY x.event_time, x.event_id, x.rule_id, x.before, x.after
