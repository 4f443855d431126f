-- unused-rules: rule_usage holds one row per version of a rule, over the window of the run that made it. Of the verdicts those
-- that a row alone tells are here; not-observable and the attachments that are not known need the program.
WITH judged AS (
  SELECT u.*, CASE WHEN coalesce(expected_hours, 0) = 0 THEN 'never-attached'
                   WHEN coalesce(coverage, 0) < {number min-coverage} THEN 'insufficient-coverage'
                   WHEN sole_hits + shared_hits > 0 AND covered_hits = sole_hits + shared_hits THEN 'shadowed'
                   WHEN used THEN 'used'
                   WHEN sole_hits + shared_hits > 0 THEN 'noise-only'
                   ELSE 'no-hits' END AS verdict
  FROM rule_usage u
)
SELECT rule AS rule_id, group_id, group_name, account_id, region, direction, protocol, from_port, to_port, source_kind, source, valid_from,
       valid_to, verdict, sole_hits, shared_hits, sessions, handshakes, probes, scanner_sessions, peers, bytes, first_hit, last_hit,
       observed_hours, expected_hours, coverage, evidence
FROM judged
WHERE {meets valid_from valid_to}
  AND ({match group_id group} OR {match group_name group}) AND {match account_id account} AND {match region region}
  AND (protocol = -1 OR {ports from_port to_port}) AND (protocol = -1 OR {protocols protocol})
  AND ({flag all} OR verdict <> 'used')
ORDER BY CASE verdict WHEN 'never-attached' THEN 1 WHEN 'insufficient-coverage' THEN 2 WHEN 'shadowed' THEN 4 WHEN 'used' THEN 5
         WHEN 'noise-only' THEN 6 ELSE 7 END, sole_hits + shared_hits, group_id, rule
