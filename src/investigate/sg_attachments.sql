-- sg-attachments: groups that an event put on or took off an interface.
WITH edges AS (
  SELECT from_event_id AS event_id, valid_from AS event_time, account_id, region, interface_id, group_id, 1 AS added
  FROM interface_security_groups WHERE from_event_id IS NOT NULL
  UNION ALL
  SELECT to_event_id, valid_to, account_id, region, interface_id, group_id, 0
  FROM interface_security_groups WHERE to_event_id IS NOT NULL
), grouped AS (
  SELECT event_id, event_time, account_id, region, interface_id,
         array_agg(group_id ORDER BY group_id) FILTER (WHERE added = 1) AS added,
         array_agg(group_id ORDER BY group_id) FILTER (WHERE added = 0) AS removed
  FROM edges
  WHERE {in_window event_time} AND {match group_id group} AND {match interface_id interface}
    AND {match account_id account} AND {match region region}
  GROUP BY event_id, event_time, account_id, region, interface_id
)
SELECT g.event_time, g.account_id, g.region, g.interface_id, i.vpc_id, g.added, g.removed,
       CASE WHEN i.from_event_id = g.event_id THEN 'created-with' WHEN i.to_event_id = g.event_id THEN 'removed-with' ELSE 'changed' END AS kind,
       c.useridentity.arn AS actor_arn, c.sourceipaddress AS source_ip, c.useragent AS user_agent, c.eventname AS event_name, g.event_id
FROM grouped g
JOIN interfaces i ON i.interface_id = g.interface_id
LEFT JOIN cloudtrail_logs c ON c.eventid = g.event_id
WHERE {match c.useridentity.arn actor}
  AND NOT ({flag changed-only} AND i.from_event_id = g.event_id)
ORDER BY g.event_time, g.event_id, g.interface_id
