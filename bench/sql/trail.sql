-- CloudTrail: one row for each changed rule, and for each group created or deleted, as the successful calls tell it.
WITH call AS (
    SELECT unnest(Records, recursive := false) AS e
    FROM read_json({trail}, format = 'newline_delimited', maximum_object_size = 268435456, columns = {{Records: 'STRUCT(
        eventID VARCHAR, eventTime VARCHAR, eventSource VARCHAR, eventName VARCHAR, errorCode VARCHAR,
        userIdentity STRUCT(arn VARCHAR), sourceIPAddress VARCHAR, userAgent VARCHAR,
        requestParameters {request}, responseElements {response})[]'}})),
wanted AS (
    SELECT e.eventID AS event_id, e.eventTime AS event_time, e.eventName AS event_name, e.userIdentity.arn AS actor,
           e.sourceIPAddress AS source_ip, e.userAgent AS user_agent, e.requestParameters AS rq, e.responseElements AS rs
    FROM call
    WHERE e.errorCode IS NULL AND e.eventSource = 'ec2.amazonaws.com' AND e.eventName IN (
        'CreateSecurityGroup', 'DeleteSecurityGroup', 'AuthorizeSecurityGroupIngress', 'AuthorizeSecurityGroupEgress',
        'RevokeSecurityGroupIngress', 'RevokeSecurityGroupEgress', 'ModifySecurityGroupRules',
        'UpdateSecurityGroupRuleDescriptionsIngress', 'UpdateSecurityGroupRuleDescriptionsEgress')),
changed AS (
    SELECT * EXCLUDE (rq, rs), 'rule-added' AS change, unnest(rs.securityGroupRuleSet.items) AS rule
    FROM wanted WHERE event_name LIKE 'Authorize%'
    UNION ALL
    SELECT * EXCLUDE (rq, rs), 'rule-removed', unnest(rs.revokedSecurityGroupRuleSet.items)
    FROM wanted WHERE event_name LIKE 'Revoke%')
SELECT event_id, change, rule.securityGroupRuleId AS rule_id, event_time, actor, source_ip, user_agent,
       rule.groupId AS group_id, rule.ipProtocol AS protocol, rule.fromPort AS from_port, rule.toPort AS to_port,
       rule.cidrIpv4 AS source
FROM changed
UNION ALL
SELECT event_id, 'rule-modified', r.SecurityGroupRuleId, event_time, actor, source_ip, user_agent,
       rq.ModifySecurityGroupRulesRequest.GroupId, r.SecurityGroupRule.IpProtocol, r.SecurityGroupRule.FromPort,
       r.SecurityGroupRule.ToPort, r.SecurityGroupRule.CidrIpv4
FROM (SELECT *, rq.ModifySecurityGroupRulesRequest.SecurityGroupRule AS r FROM wanted WHERE event_name = 'ModifySecurityGroupRules')
UNION ALL
SELECT event_id, 'description-changed', d.SecurityGroupRuleDescription.SecurityGroupRuleId, event_time, actor, source_ip, user_agent, d.GroupId, NULL, NULL, NULL, NULL
FROM (SELECT *, coalesce(rq.UpdateSecurityGroupRuleDescriptionsIngressRequest, rq.UpdateSecurityGroupRuleDescriptionsEgressRequest) AS d
      FROM wanted WHERE event_name LIKE 'UpdateSecurityGroupRuleDescriptions%')
UNION ALL
SELECT event_id, CASE event_name WHEN 'CreateSecurityGroup' THEN 'group-created' ELSE 'group-deleted' END, NULL, event_time,
       actor, source_ip, user_agent, rs.groupId, NULL, NULL, NULL, NULL
FROM wanted WHERE event_name IN ('CreateSecurityGroup', 'DeleteSecurityGroup')
ORDER BY event_time, event_id, rule_id
