-- What tables.sql declares, for Trino over the same files.

CREATE TABLE flow2 (
  "version" integer,
  "account_id" varchar,
  "interface_id" varchar,
  "srcaddr" varchar,
  "dstaddr" varchar,
  "srcport" integer,
  "dstport" integer,
  "protocol" bigint,
  "packets" bigint,
  "bytes" bigint,
  "start" bigint,
  "end" bigint,
  "action" varchar,
  "log_status" varchar
)
WITH (external_location = 'local:///flow2', format = 'TEXTFILE', textfile_field_separator = ' ', skip_header_line_count = 1);

CREATE TABLE flow5 (
  "version" integer,
  "account_id" varchar,
  "interface_id" varchar,
  "srcaddr" varchar,
  "dstaddr" varchar,
  "srcport" integer,
  "dstport" integer,
  "protocol" bigint,
  "packets" bigint,
  "bytes" bigint,
  "start" bigint,
  "end" bigint,
  "action" varchar,
  "log_status" varchar,
  "vpc_id" varchar,
  "subnet_id" varchar,
  "instance_id" varchar,
  "tcp_flags" integer,
  "type" varchar,
  "pkt_srcaddr" varchar,
  "pkt_dstaddr" varchar,
  "region" varchar,
  "az_id" varchar,
  "sublocation_type" varchar,
  "sublocation_id" varchar,
  "pkt_src_aws_service" varchar,
  "pkt_dst_aws_service" varchar,
  "flow_direction" varchar,
  "traffic_path" integer,
  "aws_region" varchar,
  "day" date
)
WITH (external_location = 'local:///flow5', format = 'TEXTFILE', textfile_field_separator = ' ', skip_header_line_count = 1, partitioned_by = ARRAY['aws_region', 'day']);

CALL system.sync_partition_metadata('default', 'flow5', 'FULL');

CREATE TABLE trail (
  "eventversion" varchar,
  "useridentity" row("type" varchar, "principalid" varchar, "arn" varchar, "accountid" varchar, "invokedby" varchar, "accesskeyid" varchar, "username" varchar, "sessioncontext" row("attributes" row("mfaauthenticated" varchar, "creationdate" varchar), "sessionissuer" row("type" varchar, "principalid" varchar, "arn" varchar, "accountid" varchar, "username" varchar))),
  "eventtime" varchar,
  "eventsource" varchar,
  "eventname" varchar,
  "awsregion" varchar,
  "sourceipaddress" varchar,
  "useragent" varchar,
  "errorcode" varchar,
  "errormessage" varchar,
  "requestparameters" varchar,
  "responseelements" varchar,
  "additionaleventdata" varchar,
  "requestid" varchar,
  "eventid" varchar,
  "readonly" varchar,
  "resources" array(row("arn" varchar, "accountid" varchar, "type" varchar)),
  "eventtype" varchar,
  "recipientaccountid" varchar,
  "tlsdetails" row("tlsversion" varchar, "ciphersuite" varchar, "clientprovidedhostheader" varchar)
)
WITH (external_location = 'local:///trail_lines', format = 'OPENX_JSON');

CREATE TABLE trail_lines (
  "eventversion" varchar,
  "useridentity" row("type" varchar, "arn" varchar, "username" varchar),
  "eventtime" timestamp(3),
  "eventname" varchar,
  "useragent" varchar,
  "errorcode" varchar,
  "errormessage" varchar,
  "requestparameters" row("bucketname" varchar, "key" varchar, "groupid" varchar, "maxresults" integer, "durationseconds" bigint, "instancetype" varchar),
  "additionaleventdata" map(varchar, varchar),
  "readonly" boolean,
  "managementevent" boolean,
  "resources" array(row("arn" varchar, "type" varchar))
)
WITH (external_location = 'local:///trail_lines', format = 'OPENX_JSON');

CREATE TABLE alb (
  "type" varchar,
  "time" varchar,
  "elb" varchar,
  "client_ip" varchar,
  "client_port" integer,
  "target_ip" varchar,
  "target_port" integer,
  "request_processing_time" double,
  "target_processing_time" double,
  "response_processing_time" double,
  "elb_status_code" integer,
  "target_status_code" varchar,
  "received_bytes" bigint,
  "sent_bytes" bigint,
  "request_verb" varchar,
  "request_url" varchar,
  "request_proto" varchar,
  "user_agent" varchar,
  "ssl_cipher" varchar,
  "ssl_protocol" varchar,
  "target_group_arn" varchar,
  "trace_id" varchar
)
WITH (external_location = 'local:///alb', format = 'REGEX', regex = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) "([^ ]*) (.*) (- |[^ ]*)" "([^"]*)" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) "([^"]*)".*');

CREATE TABLE s3_access (
  "bucketowner" varchar,
  "bucket_name" varchar,
  "requestdatetime" varchar,
  "remoteip" varchar,
  "requester" varchar,
  "requestid" varchar,
  "operation" varchar,
  "key" varchar,
  "request_uri" varchar,
  "httpstatus" varchar,
  "errorcode" varchar,
  "bytessent" bigint,
  "objectsize" bigint,
  "totaltime" varchar,
  "turnaroundtime" varchar,
  "referrer" varchar,
  "useragent" varchar,
  "versionid" varchar
)
WITH (external_location = 'local:///s3', format = 'REGEX', regex = '([^ ]*) ([^ ]*) \[(.*?)\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ("[^"]*"|-) ("[^"]*"|-) ([^ ]*).*$');

CREATE TABLE waf (
  "timestamp" bigint,
  "formatversion" integer,
  "webaclid" varchar,
  "terminatingruleid" varchar,
  "terminatingruletype" varchar,
  "action" varchar,
  "terminatingrulematchdetails" array(row("conditiontype" varchar, "sensitivitylevel" varchar, "location" varchar, "matcheddata" array(varchar))),
  "httpsourcename" varchar,
  "httpsourceid" varchar,
  "rulegrouplist" array(row("rulegroupid" varchar, "terminatingrule" row("ruleid" varchar, "action" varchar, "rulematchdetails" array(row("conditiontype" varchar, "location" varchar, "matcheddata" array(varchar)))), "nonterminatingmatchingrules" array(row("ruleid" varchar, "action" varchar)), "excludedrules" varchar)),
  "ratebasedrulelist" array(row("ratebasedruleid" varchar, "limitkey" varchar, "maxrateallowed" integer)),
  "nonterminatingmatchingrules" array(row("ruleid" varchar, "action" varchar)),
  "httprequest" row("clientip" varchar, "country" varchar, "headers" array(row("name" varchar, "value" varchar)), "uri" varchar, "args" varchar, "httpversion" varchar, "httpmethod" varchar, "requestid" varchar),
  "labels" array(row("name" varchar))
)
WITH (external_location = 'local:///waf', format = 'OPENX_JSON');

CREATE TABLE dns (
  "version" varchar,
  "account_id" varchar,
  "region" varchar,
  "vpc_id" varchar,
  "query_timestamp" varchar,
  "query_name" varchar,
  "query_type" varchar,
  "query_class" varchar,
  "rcode" varchar,
  "answers" array(row("rdata" varchar, "type" varchar, "class" varchar)),
  "srcaddr" varchar,
  "srcport" integer,
  "transport" varchar,
  "srcids" row("instance" varchar, "resolver_endpoint" varchar),
  "firewall_rule_action" varchar,
  "firewall_rule_group_id" varchar,
  "firewall_domain_list_id" varchar
)
WITH (external_location = 'local:///dns', format = 'OPENX_JSON');

CREATE TABLE dns_hive (
  "version" varchar,
  "query_name" varchar,
  "query_type" varchar,
  "rcode" varchar,
  "answers" array(row("rdata" varchar, "type" varchar, "class" varchar)),
  "srcaddr" varchar,
  "srcids" map(varchar, varchar)
)
WITH (external_location = 'local:///dns', format = 'JSON');

CREATE TABLE cdn (
  "date" date,
  "time" varchar,
  "x_edge_location" varchar,
  "sc_bytes" bigint,
  "c_ip" varchar,
  "cs_method" varchar,
  "cs_host" varchar,
  "cs_uri_stem" varchar,
  "sc_status" integer,
  "cs_referrer" varchar,
  "cs_user_agent" varchar,
  "cs_uri_query" varchar,
  "x_edge_result_type" varchar,
  "cs_bytes" bigint,
  "time_taken" double,
  "ssl_protocol" varchar
)
WITH (external_location = 'local:///cdn', format = 'TEXTFILE', textfile_field_separator = U&'\0009', skip_header_line_count = 2);

CREATE TABLE assets (
  "address" varchar,
  "owner" varchar,
  "cost_centre" varchar,
  "note" varchar
)
WITH (external_location = 'local:///assets', format = 'CSV', csv_separator = ',', csv_quote = '"', csv_escape = '\', skip_header_line_count = 1);
