-- Questions that people ask of AWS's logs on Athena. answers.jsonl holds what a real Trino says about each, over empty
-- tables: the columns with their types, or the error.

SELECT * FROM vpc_flow_logs_v2 WHERE dt = '2024/05/01' LIMIT 100;

SELECT day_of_week(date(from_unixtime(starttime))) AS day, date(from_unixtime(starttime)) AS dated, interfaceid, sourceaddress, action, protocol
FROM vpc_flow_logs_v2
WHERE action = 'REJECT' AND protocol = 6
LIMIT 100;

SELECT SUM(numpackets) AS packetcount, destinationaddress
FROM vpc_flow_logs_v2
WHERE destinationport = 443 AND date_parse(dt, '%Y/%m/%d') > current_date - interval '7' day
GROUP BY destinationaddress
ORDER BY packetcount DESC
LIMIT 10;

SELECT sourceaddress, destinationaddress, destinationport, count(*) hits, sum(numbytes) / 1024 / 1024 AS mib
FROM vpc_flow_logs_v2
WHERE action = 'ACCEPT' AND starttime BETWEEN to_unixtime(timestamp '2024-05-01 00:00:00') AND to_unixtime(timestamp '2024-05-02 00:00:00')
GROUP BY 1, 2, 3
HAVING count(*) > 10
ORDER BY hits DESC;

SELECT interface_id, srcaddr, dstaddr, dstport, action, from_unixtime(start) AS began, from_unixtime("end") AS ended
FROM vpc_flow_logs_v5
WHERE aws_region = 'eu-central-1' AND day >= date_format(current_date - interval '3' day, '%Y/%m/%d') AND srcaddr LIKE '10.%'
ORDER BY start DESC
LIMIT 50;

SELECT "srcaddr", "dstaddr", SUM("bytes") AS total
FROM "awsdatacatalog"."default"."vpc_flow_logs_v5"
WHERE day = '2024/05/01' AND aws_region IN ('us-east-1', 'eu-central-1') AND flow_direction = 'egress'
GROUP BY "srcaddr", "dstaddr"
ORDER BY total DESC
LIMIT 20;

SELECT date_trunc('hour', from_unixtime(start)) AS hour, action, count(*) AS records, sum(packets) AS packets, approx_distinct(srcaddr) AS peers
FROM vpc_flow_logs_v5
WHERE day BETWEEN '2024/05/01' AND '2024/05/03'
GROUP BY date_trunc('hour', from_unixtime(start)), action
ORDER BY 1, 2;

SELECT * FROM vpc_flow_logs_v5
WHERE day = '2024/05/01'
  AND contains('10.0.0.0/8', CAST(srcaddr AS IPADDRESS))
  AND NOT contains('10.20.0.0/16', CAST(dstaddr AS IPADDRESS))
  AND srcaddr <> '-' AND dstaddr <> '-';

SELECT srcaddr, count(DISTINCT dstport) AS ports, count(DISTINCT dstaddr) AS targets, array_agg(DISTINCT dstport ORDER BY dstport) AS which
FROM vpc_flow_logs_v5
WHERE action = 'REJECT' AND bitwise_and(tcp_flags, 2) = 2
GROUP BY srcaddr
HAVING count(DISTINCT dstport) > 20;

SELECT instance_id, CASE protocol WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' WHEN 1 THEN 'icmp' ELSE cast(protocol AS varchar) END AS proto, sum(bytes) AS bytes
FROM vpc_flow_logs_v5
WHERE log_status = 'OK' AND instance_id <> '-'
GROUP BY 1, 2
ORDER BY bytes DESC NULLS LAST;

WITH talkers AS (
  SELECT srcaddr, dstaddr, sum(bytes) AS bytes, row_number() OVER (PARTITION BY srcaddr ORDER BY sum(bytes) DESC) AS place
  FROM vpc_flow_logs_v5
  WHERE day = '2024/05/01'
  GROUP BY srcaddr, dstaddr)
SELECT srcaddr, dstaddr, bytes FROM talkers WHERE place <= 3 ORDER BY srcaddr, place;

SELECT a.interface_id, a.srcaddr, a.bytes AS sent, b.bytes AS received
FROM vpc_flow_logs_v5 a
LEFT JOIN vpc_flow_logs_v5 b ON a.interface_id = b.interface_id AND a.srcaddr = b.dstaddr AND a.dstaddr = b.srcaddr AND a.srcport = b.dstport
WHERE a.day = '2024/05/01' AND b.day = '2024/05/01';

SELECT f.srcaddr, l.owner, l."cost_centre", sum(f.bytes) / 1e9 AS gb
FROM vpc_flow_logs_v5 f JOIN asset_list l ON f.srcaddr = l.address
GROUP BY f.srcaddr, l.owner, l."cost_centre"
ORDER BY gb DESC;

SELECT regexp_extract("$path", '(\d{4}/\d{2}/\d{2})', 1) AS day, count(*) AS records FROM vpc_flow_logs_v5 GROUP BY 1 ORDER BY 1;

SELECT dstport, approx_percentile(bytes, 0.5) AS median, approx_percentile(bytes, ARRAY[0.9, 0.99]) AS high, avg(bytes) AS mean, stddev(bytes) AS spread
FROM vpc_flow_logs_v5 GROUP BY dstport;

SELECT max_by(srcaddr, bytes) AS loudest, min_by(srcaddr, start) AS earliest, arbitrary(vpc_id) AS vpc FROM vpc_flow_logs_v5;

SELECT width_bucket(bytes, ARRAY[0e0, 1e3, 1e6, 1e9]) AS size, count(*) FROM vpc_flow_logs_v5 GROUP BY 1 ORDER BY 1;

SELECT protocol, histogram(action) AS actions FROM vpc_flow_logs_v5 GROUP BY protocol;

SELECT count_if(action = 'REJECT') * 100.0 / count(*) AS percent_rejected FROM vpc_flow_logs_v5 WHERE day = '2024/05/01';

SELECT srcaddr FROM vpc_flow_logs_v5 WHERE action = 'ACCEPT'
EXCEPT
SELECT srcaddr FROM vpc_flow_logs_v5 WHERE action = 'REJECT';

SELECT vpc_id, subnet_id, sum(bytes) FROM vpc_flow_logs_v5 GROUP BY GROUPING SETS ((vpc_id, subnet_id), (vpc_id), ());

SELECT day, sum(bytes) AS bytes, sum(sum(bytes)) OVER (ORDER BY day ROWS UNBOUNDED PRECEDING) AS running FROM vpc_flow_logs_v5 GROUP BY day ORDER BY day;

SELECT interface_id, start, lag(start) OVER (PARTITION BY interface_id ORDER BY start) AS before, start - lag(start) OVER (PARTITION BY interface_id ORDER BY start) AS gap
FROM vpc_flow_logs_v5;

SELECT date_diff('minute', from_unixtime(min(start)), from_unixtime(max("end"))) AS minutes FROM vpc_flow_logs_v5;

SELECT * FROM vpc_flow_logs_v5 WHERE dstport = '22';

SELECT srcaddr AS peer FROM vpc_flow_logs_v5 WHERE peer = '10.0.0.1';

SELECT interface_id, count(*) AS n FROM vpc_flow_logs_v5 GROUP BY interface_id HAVING n > 5;

SELECT end FROM vpc_flow_logs_v5;

SELECT nosuch FROM vpc_flow_logs_v5;

SELECT srcaddr, bytes FROM vpc_flow_logs_v5 GROUP BY srcaddr;

SELECT * FROM cloudtrail_logs WHERE eventname = 'AuthorizeSecurityGroupIngress' AND region = 'eu-central-1' AND year = '2024' AND month = '05';

SELECT useridentity.arn, eventname, count(*) AS calls
FROM cloudtrail_logs
WHERE eventtime >= '2024-05-01T00:00:00Z' AND eventtime < '2024-05-02T00:00:00Z'
GROUP BY useridentity.arn, eventname
ORDER BY calls DESC
LIMIT 100;

SELECT eventtime, useridentity.username, sourceipaddress, json_extract_scalar(responseelements, '$.ConsoleLogin') AS outcome, additionaleventdata
FROM cloudtrail_logs
WHERE eventname = 'ConsoleLogin'
ORDER BY eventtime DESC;

SELECT eventtime, useridentity.sessioncontext.sessionissuer.username AS role, eventname, errorcode, errormessage
FROM cloudtrail_logs
WHERE errorcode IN ('AccessDenied', 'Client.UnauthorizedOperation') AND useridentity.type = 'AssumedRole';

SELECT useridentity.sessioncontext.attributes.mfaauthenticated AS mfa, count(*) FROM cloudtrail_logs GROUP BY 1;

SELECT eventname, resource.arn, resource.type
FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(resource)
WHERE resource.type = 'AWS::S3::Object';

SELECT eventname, r_arn, r_account
FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(r_arn, r_account, r_type)
WHERE r_type = 'AWS::KMS::Key';

SELECT eventname, resources[1].arn AS first_resource, element_at(resources, 2).arn AS second_resource, cardinality(resources) AS n FROM cloudtrail_logs;

SELECT eventtime, json_extract_scalar(requestparameters, '$.groupId') AS group_id, json_extract(requestparameters, '$.ipPermissions.items') AS items
FROM cloudtrail_logs
WHERE eventsource = 'ec2.amazonaws.com' AND eventname LIKE '%SecurityGroupIngress';

SELECT json_extract_scalar(requestparameters, '$.groupId') AS group_id,
       json_extract_scalar(item, '$.ipProtocol') AS protocol,
       CAST(json_extract(item, '$.fromPort') AS integer) AS from_port,
       json_extract_scalar(range, '$.cidrIp') AS cidr
FROM cloudtrail_logs
CROSS JOIN UNNEST(CAST(json_extract(requestparameters, '$.ipPermissions.items') AS array(json))) AS p(item)
CROSS JOIN UNNEST(CAST(json_extract(item, '$.ipRanges.items') AS array(json))) AS q(range)
WHERE eventname = 'AuthorizeSecurityGroupIngress';

SELECT eventtime, eventname, tag
FROM cloudtrail_logs
LEFT JOIN UNNEST(CAST(json_extract(requestparameters, '$.tagSet.items') AS array(map(varchar, varchar)))) AS t(tag) ON TRUE;

SELECT from_iso8601_timestamp(eventtime) AT TIME ZONE 'Europe/Berlin' AS local_time, eventname FROM cloudtrail_logs;

SELECT date_format(from_iso8601_timestamp(eventtime), '%Y-%m-%d %H:00') AS hour, count(*) FROM cloudtrail_logs GROUP BY 1 ORDER BY 1;

SELECT eventname, count(*) AS n FROM cloudtrail_logs WHERE from_iso8601_timestamp(eventtime) > current_timestamp - interval '24' hour GROUP BY eventname;

SELECT useridentity.accesskeyid, min(eventtime) AS first, max(eventtime) AS last, array_join(array_sort(array_agg(DISTINCT eventsource)), ', ') AS services
FROM cloudtrail_logs
WHERE useridentity.accesskeyid LIKE 'AKIA%'
GROUP BY useridentity.accesskeyid;

SELECT sourceipaddress, eventname FROM cloudtrail_logs
WHERE try_cast(sourceipaddress AS ipaddress) IS NOT NULL AND NOT contains('203.0.113.0/24', try_cast(sourceipaddress AS ipaddress));

SELECT split_part(useridentity.arn, '/', -1) AS session FROM cloudtrail_logs;

SELECT regexp_replace(useridentity.arn, '^arn:aws:(iam|sts)::\d+:', '') AS who, count(*) FROM cloudtrail_logs GROUP BY 1;

SELECT eventname, coalesce(errorcode, 'none') AS error, count(*) AS n FROM cloudtrail_logs WHERE readonly = 'false' GROUP BY ROLLUP (eventname, coalesce(errorcode, 'none'));

SELECT * FROM cloudtrail_logs WHERE readonly = false;

SELECT requestparameters.groupid FROM cloudtrail_logs;

SELECT useridentity.nosuch FROM cloudtrail_logs;

SELECT c.eventid FROM cloudtrail_logs c WHERE EXISTS (SELECT 1 FROM cloudtrail_logs d WHERE d.eventid = c.eventid AND d.eventname = 'AssumeRole');

SELECT eventid, eventname FROM cloudtrail_logs WHERE eventid NOT IN (SELECT eventid FROM cloudtrail_projected);

SELECT "timestamp", eventname FROM cloudtrail_projected WHERE "timestamp" BETWEEN '2024/05/01' AND '2024/05/31' AND eventsource = 'iam.amazonaws.com';

SELECT eventname, cast(json_parse(requestparameters) AS map(varchar, json)) AS parameters FROM cloudtrail_projected WHERE requestparameters IS NOT NULL;

SELECT eventname, json_array_length(json_extract(responseelements, '$.instancesSet.items')) AS launched FROM cloudtrail_projected WHERE eventname = 'RunInstances';

SELECT transform(CAST(json_extract(responseelements, '$.instancesSet.items') AS array(json)), i -> json_extract_scalar(i, '$.instanceId')) AS ids FROM cloudtrail_projected;

SELECT eventid, any_match(CAST(json_extract(requestparameters, '$.cidrs') AS array(varchar)), c -> c = '0.0.0.0/0') AS open_to_all FROM cloudtrail_projected;

SELECT useridentity, eventname FROM cloudtrail_projected WHERE useridentity.type = 'Root' AND useridentity.invokedby IS NULL AND eventname <> 'AwsServiceEvent';

SELECT requester, operation, count(*) AS requests, sum(bytessent) AS bytes FROM s3_access_logs WHERE bucket_name = 'data' GROUP BY requester, operation ORDER BY bytes DESC;

SELECT parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS at, remoteip, key FROM s3_access_logs
WHERE parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') BETWEEN parse_datetime('2024-05-01:00:00:00', 'yyyy-MM-dd:HH:mm:ss') AND parse_datetime('2024-05-02:00:00:00', 'yyyy-MM-dd:HH:mm:ss');

SELECT SUM(bytessent) AS uploadtotal, SUM(objectsize) AS downloadtotal, SUM(bytessent + objectsize) AS total FROM s3_access_logs WHERE remoteip = '192.0.2.3';

SELECT httpstatus, count(*) FROM s3_access_logs WHERE CAST(httpstatus AS integer) >= 400 GROUP BY httpstatus;

SELECT url_extract_path(request_uri) AS path, url_extract_parameter(request_uri, 'X-Amz-Date') AS signed FROM s3_access_logs;

SELECT split(key, '/')[1] AS tenant, count(*) AS requests FROM s3_access_logs WHERE key <> '-' GROUP BY 1;

SELECT DISTINCT substr(requestdatetime, 1, 11) AS day FROM s3_access_logs ORDER BY 1;

SELECT lower(useragent) AS agent, count(*) FROM s3_access_logs WHERE regexp_like(useragent, '(?i)curl|python|boto') GROUP BY lower(useragent);

SELECT client_ip, count(*) AS requests, count_if(elb_status_code >= 500) AS errors, avg(target_processing_time) AS seconds FROM alb_logs WHERE day = '2024/05/01' GROUP BY client_ip ORDER BY requests DESC LIMIT 20;

SELECT url_extract_host(request_url) AS host, url_extract_path(request_url) AS path, approx_percentile(target_processing_time, 0.99) AS p99 FROM alb_logs WHERE request_verb = 'GET' GROUP BY 1, 2;

SELECT date_trunc('minute', from_iso8601_timestamp(time)) AS minute, count(*) FROM alb_logs GROUP BY 1 ORDER BY 1;

SELECT elb, round(sum(received_bytes) / 1048576.0, 2) AS mib, format('%.1f %%', 100.0 * count_if(ssl_protocol = 'TLSv1') / count(*)) AS old_tls FROM alb_logs GROUP BY elb;

SELECT target_ip, sum(if(target_status_code LIKE '5%', 1, 0)) AS failures FROM alb_logs GROUP BY target_ip HAVING sum(if(target_status_code LIKE '5%', 1, 0)) > 0;

SELECT httprequest.clientip, httprequest.country, httprequest.uri, terminatingruleid, action FROM waf_logs WHERE action = 'BLOCK' AND "date" >= '2024/05/01' AND region = 'us-east-1';

SELECT count(*) AS n, t.rulegroupid FROM waf_logs CROSS JOIN UNNEST(rulegrouplist) AS t(rulegroupid, terminatingrule, nonterminatingmatchingrules, excludedrules) GROUP BY t.rulegroupid;

SELECT header.name, header.value, count(*) AS n FROM waf_logs, UNNEST(httprequest.headers) AS t(header) WHERE header.name = 'User-Agent' GROUP BY header.name, header.value;

SELECT from_unixtime("timestamp" / 1000) AS at, filter(httprequest.headers, h -> lower(h.name) = 'host')[1].value AS host FROM waf_logs;

SELECT httprequest.clientip, labels, element_at(transform(labels, l -> l.name), 1) AS first_label FROM waf_logs WHERE any_match(labels, l -> l.name LIKE 'awswaf:managed:%');

SELECT to_iso8601(from_unixtime("timestamp" / 1000)) AS time, reduce(labels, '', (s, l) -> s || l.name || ';', s -> s) AS all_labels FROM waf_logs;

SELECT query_name, count(*) AS n FROM r53_resolver_logs WHERE vpc = 'vpc-1' AND "date" = '2024/05/01' GROUP BY query_name ORDER BY n DESC;

SELECT srcids.instance, query_name, a.rdata FROM r53_resolver_logs CROSS JOIN UNNEST(answers) AS t(a) WHERE vpc = 'vpc-1';

SELECT reverse(element_at(split(reverse(query_name), '.'), 2)) AS domain, count(DISTINCT srcaddr) AS hosts FROM r53_resolver_logs WHERE rcode = 'NXDOMAIN' AND vpc IN ('vpc-1', 'vpc-2') GROUP BY 1;

SELECT length(query_name) AS letters, levenshtein_distance(query_name, 'example.com.') AS distance FROM r53_resolver_logs WHERE vpc = 'vpc-1' AND length(query_name) > 60;

SELECT "date", sum(sc_bytes) AS bytes, sum(CASE WHEN sc_status BETWEEN 400 AND 499 THEN 1 ELSE 0 END) AS client_errors FROM cloudfront_logs WHERE "date" BETWEEN DATE '2024-05-01' AND DATE '2024-05-31' GROUP BY "date";

SELECT url_decode(cs_user_agent) AS agent, count(*) FROM cloudfront_logs GROUP BY 1 ORDER BY 2 DESC;

SELECT x_edge_location, avg(time_taken) AS mean, max(time_taken) AS worst FROM cloudfront_logs WHERE date_add('day', -7, current_date) <= "date" GROUP BY x_edge_location;

SELECT concat(cast("date" AS varchar), 'T', time, 'Z') AS at, cs_uri_stem FROM cloudfront_logs;

SELECT event.src_ip, event.dest_ip, event.alert.signature, count(*) AS n FROM network_firewall_logs WHERE event.event_type = 'alert' AND year = 2024 AND month = 5 GROUP BY event.src_ip, event.dest_ip, event.alert.signature;

SELECT event.tls.sni AS host, sum(event.netflow.bytes) AS bytes FROM network_firewall_logs GROUP BY 1;

SELECT date(from_iso8601_timestamp(createdat)) AS day, type, json_extract_scalar(resource, '$.instancedetails.instanceid') AS instance, cast(severity AS double) AS severity FROM guardduty_findings WHERE cast(severity AS double) >= 7;

SELECT id, json_query(service, 'lax $.action.portprobeaction.portprobedetails[*].remoteipdetails.ipaddressv4' WITH ARRAY WRAPPER) AS probes, json_exists(service, 'lax $.archived') AS archived FROM guardduty_findings;

SELECT resource_tags['user_team'] AS team, sum(line_item_unblended_cost) AS cost, sum(line_item_usage_amount) AS amount FROM cost_and_usage WHERE year = '2024' AND month = '5' GROUP BY 1;

SELECT element_at(resource_tags, 'user_team') AS team, date_trunc('day', line_item_usage_start_date) AS day, round(sum(line_item_unblended_cost), 2) AS cost FROM cost_and_usage GROUP BY 1, 2;

SELECT k, v, count(*) FROM cost_and_usage CROSS JOIN UNNEST(resource_tags) AS t(k, v) GROUP BY k, v;

SELECT map_keys(resource_tags) AS names, map_filter(resource_tags, (k, v) -> k LIKE 'user_%') AS own FROM cost_and_usage;

SELECT line_item_product_code, max(line_item_usage_start_date) - min(line_item_usage_start_date) AS span FROM cost_and_usage GROUP BY 1;

SELECT stamp, host, regexp_extract(message, 'from (\S+) port', 1) AS peer FROM syslog WHERE program = 'sshd' AND message LIKE 'Failed password%';

SELECT host, listagg(DISTINCT program, ',') WITHIN GROUP (ORDER BY program) AS programs FROM syslog GROUP BY host;

SELECT t.* FROM (SELECT srcaddr, dstport FROM vpc_flow_logs_v5) t WHERE (srcaddr, dstport) IN (SELECT dstaddr, srcport FROM vpc_flow_logs_v5);

SELECT srcaddr, dstport FROM vpc_flow_logs_v5 v WHERE bytes > (SELECT avg(bytes) FROM vpc_flow_logs_v5);

SELECT v.srcaddr, x.port FROM vpc_flow_logs_v5 v CROSS JOIN (VALUES 22, 3389, 27017) AS x(port) WHERE v.dstport = x.port;

SELECT port, name, count(f.srcaddr) AS n FROM (VALUES (22, 'ssh'), (443, 'https')) AS s(port, name) LEFT JOIN vpc_flow_logs_v5 f ON f.dstport = s.port GROUP BY port, name;

SELECT day, count(*) FROM vpc_flow_logs_v5 WHERE day > cast(current_date - interval '7' day AS varchar) GROUP BY day;

WITH hours AS (SELECT h FROM UNNEST(sequence(timestamp '2024-05-01 00:00:00', timestamp '2024-05-01 23:00:00', interval '1' hour)) AS t(h))
SELECT h, count(f.srcaddr) AS n FROM hours LEFT JOIN vpc_flow_logs_v5 f ON date_trunc('hour', CAST(from_unixtime(f.start) AS timestamp)) = h GROUP BY h ORDER BY h;

SELECT 'ssh' AS what, count(*) AS n FROM vpc_flow_logs_v5 WHERE dstport = 22 UNION ALL SELECT 'rdp', count(*) FROM vpc_flow_logs_v5 WHERE dstport = 3389 ORDER BY n DESC;

SELECT count(*) FILTER (WHERE action = 'ACCEPT') AS accepted, count(*) FILTER (WHERE action = 'REJECT') AS rejected FROM vpc_flow_logs_v5;

SELECT DISTINCT interface_id, first_value(srcaddr) OVER (PARTITION BY interface_id ORDER BY start) AS first_peer FROM vpc_flow_logs_v5;

SELECT CAST(ROW(srcaddr, srcport) AS ROW(address varchar, port integer)) AS source FROM vpc_flow_logs_v5;

SELECT ntile(4) OVER (ORDER BY bytes) AS quarter, bytes FROM vpc_flow_logs_v5;

SELECT dstport, rank() OVER (ORDER BY count(*) DESC) AS place FROM vpc_flow_logs_v5 GROUP BY dstport;

SELECT cast(start AS timestamp) FROM vpc_flow_logs_v5;

SELECT from_unixtime(start) > '2024-05-01' FROM vpc_flow_logs_v5;

SELECT date_parse(day, '%Y/%m/%d') + interval '1' day AS next FROM vpc_flow_logs_v5;

SELECT hour(from_unixtime(start)) AS h, minute(from_unixtime(start)) AS m, extract(dow FROM from_unixtime(start)) AS dow FROM vpc_flow_logs_v5;

SELECT bytes / packets AS per_packet, bytes % 1460 AS rest, cast(bytes AS double) / packets AS exact FROM vpc_flow_logs_v5 WHERE packets > 0;

SELECT TRY(bytes / (packets - packets)) AS nothing, COALESCE(TRY_CAST(account_id AS bigint), 0) AS account FROM vpc_flow_logs_v5;

SELECT * FROM vpc_flow_logs_v5 TABLESAMPLE BERNOULLI (10);

SELECT srcaddr FROM vpc_flow_logs_v5 ORDER BY bytes DESC OFFSET 10 LIMIT 5;

SELECT srcaddr FROM vpc_flow_logs_v5 ORDER BY bytes DESC FETCH FIRST 5 ROWS ONLY;

SELECT a.srcaddr FROM vpc_flow_logs_v5 AS a, vpc_flow_logs_v2 AS b WHERE a.srcaddr = b.sourceaddress AND a.start = b.starttime;

SELECT srcaddr FROM vpc_flow_logs_v5 a JOIN vpc_flow_logs_v5 b USING (interface_id);

SELECT to_hex(sha256(to_utf8(useridentity.arn))) AS pseudonym FROM cloudtrail_logs;

SELECT if(contains(ARRAY[22, 3389], dstport), 'admin', 'other') AS kind, count(*) FROM vpc_flow_logs_v5 GROUP BY 1;

SELECT srcaddr, map_agg(dstport, bytes) AS by_port FROM vpc_flow_logs_v5 GROUP BY srcaddr;

SELECT vpc_id, array_join(slice(array_sort(array_agg(DISTINCT subnet_id)), 1, 5), '; ') AS subnets FROM vpc_flow_logs_v5 GROUP BY vpc_id;

SELECT json_format(CAST(MAP(ARRAY['from', 'to'], ARRAY[srcaddr, dstaddr]) AS json)) AS pair FROM vpc_flow_logs_v5;

SELECT lpad(cast(dstport AS varchar), 5, '0') AS port, upper(action), trim(log_status), replace(srcaddr, '.', '-') FROM vpc_flow_logs_v5;

SELECT substr(day, 1, 4) AS y, strpos(day, '/') AS at, position('/' IN day) AS same FROM vpc_flow_logs_v5;

SHOW TABLES;

SHOW COLUMNS FROM asset_list;

DESCRIBE asset_list;

EXPLAIN (TYPE VALIDATE) SELECT srcaddr FROM vpc_flow_logs_v5;
