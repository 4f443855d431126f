-- Tables over AWS's logs as people declare them on Athena: the fields are those of AWS's documentation, the statements
-- are written here. Each SerDe and each kind of partition occurs.

CREATE EXTERNAL TABLE IF NOT EXISTS vpc_flow_logs_v2 (
  version int,
  account string,
  interfaceid string,
  sourceaddress string,
  destinationaddress string,
  sourceport int,
  destinationport int,
  protocol int,
  numpackets int,
  numbytes bigint,
  starttime int,
  endtime int,
  action string,
  logstatus string
)
PARTITIONED BY (dt string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://flow-bucket/AWSLogs/123456789012/vpcflowlogs/us-east-1/'
TBLPROPERTIES ('skip.header.line.count'='1');

CREATE EXTERNAL TABLE vpc_flow_logs_v5 (
  `version` int,
  `account_id` string,
  `interface_id` string,
  `srcaddr` string,
  `dstaddr` string,
  `srcport` int,
  `dstport` int,
  `protocol` bigint,
  `packets` bigint,
  `bytes` bigint,
  `start` bigint,
  `end` bigint,
  `action` string,
  `log_status` string,
  `vpc_id` string,
  `subnet_id` string,
  `instance_id` string,
  `tcp_flags` int,
  `type` string,
  `pkt_srcaddr` string,
  `pkt_dstaddr` string,
  `region` string,
  `az_id` string,
  `sublocation_type` string,
  `sublocation_id` string,
  `pkt_src_aws_service` string,
  `pkt_dst_aws_service` string,
  `flow_direction` string,
  `traffic_path` int
)
PARTITIONED BY (`aws_region` string, `day` string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://flow-bucket/AWSLogs/123456789012/vpcflowlogs/'
TBLPROPERTIES (
  'skip.header.line.count'='1',
  'projection.enabled'='true',
  'projection.aws_region.type'='enum',
  'projection.aws_region.values'='us-east-1,eu-central-1,ap-southeast-2',
  'projection.day.type'='date',
  'projection.day.range'='2021/01/01,NOW',
  'projection.day.format'='yyyy/MM/dd',
  'storage.location.template'='s3://flow-bucket/AWSLogs/123456789012/vpcflowlogs/${aws_region}/${day}'
);

CREATE EXTERNAL TABLE cloudtrail_logs (
  eventversion STRING,
  useridentity STRUCT<
    type:STRING,
    principalid:STRING,
    arn:STRING,
    accountid:STRING,
    invokedby:STRING,
    accesskeyid:STRING,
    username:STRING,
    sessioncontext:STRUCT<
      attributes:STRUCT<mfaauthenticated:STRING, creationdate:STRING>,
      sessionissuer:STRUCT<type:STRING, principalid:STRING, arn:STRING, accountid:STRING, username:STRING>,
      ec2roledelivery:STRING,
      webidfederationdata:MAP<STRING,STRING>>>,
  eventtime STRING,
  eventsource STRING,
  eventname STRING,
  awsregion STRING,
  sourceipaddress STRING,
  useragent STRING,
  errorcode STRING,
  errormessage STRING,
  requestparameters STRING,
  responseelements STRING,
  additionaleventdata STRING,
  requestid STRING,
  eventid STRING,
  resources ARRAY<STRUCT<arn:STRING, accountid:STRING, type:STRING>>,
  eventtype STRING,
  apiversion STRING,
  readonly STRING,
  recipientaccountid STRING,
  serviceeventdetails STRING,
  sharedeventid STRING,
  vpcendpointid STRING,
  tlsdetails STRUCT<tlsversion:STRING, ciphersuite:STRING, clientprovidedhostheader:STRING>
)
COMMENT 'API calls of one account'
PARTITIONED BY (region STRING, year STRING, month STRING, day STRING)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://trail-bucket/AWSLogs/123456789012/CloudTrail/';

CREATE EXTERNAL TABLE cloudtrail_projected (
  eventversion STRING,
  useridentity STRUCT<type:STRING, principalid:STRING, arn:STRING, accountid:STRING, invokedby:STRING, accesskeyid:STRING, username:STRING>,
  eventtime STRING,
  eventsource STRING,
  eventname STRING,
  awsregion STRING,
  sourceipaddress STRING,
  useragent STRING,
  errorcode STRING,
  requestparameters STRING,
  responseelements STRING,
  eventid STRING
)
PARTITIONED BY (`timestamp` string)
ROW FORMAT SERDE 'com.amazon.emr.hive.serde.CloudTrailSerde'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://trail-bucket/AWSLogs/123456789012/CloudTrail/eu-central-1'
TBLPROPERTIES (
  'projection.enabled'='true',
  'projection.timestamp.format'='yyyy/MM/dd',
  'projection.timestamp.interval'='1',
  'projection.timestamp.interval.unit'='DAYS',
  'projection.timestamp.range'='2020/01/01,NOW',
  'projection.timestamp.type'='date',
  'storage.location.template'='s3://trail-bucket/AWSLogs/123456789012/CloudTrail/eu-central-1/${timestamp}'
);

CREATE EXTERNAL TABLE s3_access_logs (
  `bucketowner` STRING,
  `bucket_name` STRING,
  `requestdatetime` STRING,
  `remoteip` STRING,
  `requester` STRING,
  `requestid` STRING,
  `operation` STRING,
  `key` STRING,
  `request_uri` STRING,
  `httpstatus` STRING,
  `errorcode` STRING,
  `bytessent` BIGINT,
  `objectsize` BIGINT,
  `totaltime` STRING,
  `turnaroundtime` STRING,
  `referrer` STRING,
  `useragent` STRING,
  `versionid` STRING
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex'='([^ ]*) ([^ ]*) \\[(.*?)\\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (\"[^\"]*\"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (\"[^\"]*\"|-) ([^ ]*|\"[^\"]*\") ([^ ]*).*$')
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://access-log-bucket/prefix/';

CREATE EXTERNAL TABLE alb_logs (
  type string,
  time string,
  elb string,
  client_ip string,
  client_port int,
  target_ip string,
  target_port int,
  request_processing_time double,
  target_processing_time double,
  response_processing_time double,
  elb_status_code int,
  target_status_code string,
  received_bytes bigint,
  sent_bytes bigint,
  request_verb string,
  request_url string,
  request_proto string,
  user_agent string,
  ssl_cipher string,
  ssl_protocol string,
  target_group_arn string,
  trace_id string
)
PARTITIONED BY (day STRING)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'serialization.format' = '1',
  'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) \"([^\"]*)\".*')
LOCATION 's3://alb-bucket/AWSLogs/123456789012/elasticloadbalancing/us-east-1/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.day.type' = 'date',
  'projection.day.range' = '2022/01/01,NOW',
  'projection.day.format' = 'yyyy/MM/dd',
  'projection.day.interval' = '1',
  'projection.day.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://alb-bucket/AWSLogs/123456789012/elasticloadbalancing/us-east-1/${day}'
);

CREATE EXTERNAL TABLE waf_logs (
  `timestamp` bigint,
  formatversion int,
  webaclid string,
  terminatingruleid string,
  terminatingruletype string,
  action string,
  terminatingrulematchdetails array<struct<conditiontype:string, sensitivitylevel:string, location:string, matcheddata:array<string>>>,
  httpsourcename string,
  httpsourceid string,
  rulegrouplist array<struct<rulegroupid:string, terminatingrule:struct<ruleid:string, action:string, rulematchdetails:array<struct<conditiontype:string, location:string, matcheddata:array<string>>>>, nonterminatingmatchingrules:array<struct<ruleid:string, action:string>>, excludedrules:string>>,
  ratebasedrulelist array<struct<ratebasedruleid:string, limitkey:string, maxrateallowed:int>>,
  nonterminatingmatchingrules array<struct<ruleid:string, action:string>>,
  requestheadersinserted array<struct<name:string, value:string>>,
  responsecodesent string,
  httprequest struct<clientip:string, country:string, headers:array<struct<name:string, value:string>>, uri:string, args:string, httpversion:string, httpmethod:string, requestid:string>,
  labels array<struct<name:string>>
)
PARTITIONED BY (region string, `date` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS INPUTFORMAT 'org.apache.hadoop.mapred.TextInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://waf-bucket/AWSLogs/123456789012/WAFLogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.region.type' = 'enum',
  'projection.region.values' = 'us-east-1,us-west-2',
  'projection.date.type' = 'date',
  'projection.date.range' = '2021/01/01,NOW',
  'projection.date.format' = 'yyyy/MM/dd',
  'projection.date.interval' = '1',
  'projection.date.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://waf-bucket/AWSLogs/123456789012/WAFLogs/${region}/acl/${date}/'
);

CREATE EXTERNAL TABLE r53_resolver_logs (
  version string,
  account_id string,
  region string,
  vpc_id string,
  query_timestamp string,
  query_name string,
  query_type string,
  query_class string,
  rcode string,
  answers array<struct<rdata:string, type:string, class:string>>,
  srcaddr string,
  srcport int,
  transport string,
  srcids struct<instance:string, resolver_endpoint:string>,
  firewall_rule_action string,
  firewall_rule_group_id string,
  firewall_domain_list_id string
)
PARTITIONED BY (`date` string, `vpc` string)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true')
LOCATION 's3://dns-bucket/AWSLogs/123456789012/vpcdnsquerylogs/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.vpc.type' = 'injected',
  'projection.date.type' = 'date',
  'projection.date.range' = 'NOW-3YEARS,NOW+1DAY',
  'projection.date.format' = 'yyyy/MM/dd',
  'storage.location.template' = 's3://dns-bucket/AWSLogs/123456789012/vpcdnsquerylogs/${vpc}/${date}/'
);

CREATE EXTERNAL TABLE cloudfront_logs (
  `date` DATE,
  time STRING,
  x_edge_location STRING,
  sc_bytes BIGINT,
  c_ip STRING,
  cs_method STRING,
  cs_host STRING,
  cs_uri_stem STRING,
  sc_status INT,
  cs_referrer STRING,
  cs_user_agent STRING,
  cs_uri_query STRING,
  x_edge_result_type STRING,
  cs_bytes BIGINT,
  time_taken FLOAT,
  ssl_protocol STRING
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
LOCATION 's3://cdn-bucket/logs/'
TBLPROPERTIES ('skip.header.line.count' = '2');

CREATE EXTERNAL TABLE network_firewall_logs (
  firewall_name string,
  availability_zone string,
  event_timestamp string,
  event struct<
    src_ip:string,
    src_port:int,
    dest_ip:string,
    dest_port:int,
    proto:string,
    app_proto:string,
    event_type:string,
    flow_id:bigint,
    tls:struct<sni:string, version:string>,
    alert:struct<action:string, signature_id:int, signature:string, category:string, severity:int>,
    netflow:struct<pkts:int, bytes:bigint, start:string, `end`:string, age:int>>
)
PARTITIONED BY (year int, month int, day int)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES ('mapping.firewall_name' = 'firewallname', 'case.insensitive' = 'true')
LOCATION 's3://anfw-bucket/logs/';

CREATE EXTERNAL TABLE guardduty_findings (
  schemaversion string,
  accountid string,
  region string,
  `partition` string,
  id string,
  arn string,
  type string,
  resource string,
  service string,
  severity string,
  createdat string,
  updatedat string,
  title string,
  description string
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://findings-bucket/AWSLogs/';

CREATE EXTERNAL TABLE cost_and_usage (
  line_item_usage_account_id string,
  line_item_product_code string,
  line_item_resource_id string,
  line_item_usage_start_date timestamp,
  line_item_unblended_cost double,
  line_item_usage_amount decimal(18,6),
  resource_tags map<string,string>
)
PARTITIONED BY (year string, month string)
STORED AS PARQUET
LOCATION 's3://cur-bucket/cur/'
TBLPROPERTIES ('parquet.compression' = 'SNAPPY');

CREATE EXTERNAL TABLE asset_list (
  `address` string,
  `owner` string,
  `cost_centre` string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\')
LOCATION 's3://inventory-bucket/assets/'
TBLPROPERTIES ('skip.header.line.count' = '1');

CREATE EXTERNAL TABLE syslog (
  stamp string,
  host string,
  program string,
  message string
)
ROW FORMAT SERDE 'com.amazonaws.glue.serde.GrokSerDe'
WITH SERDEPROPERTIES ('input.format' = '%{SYSLOGTIMESTAMP:stamp} %{SYSLOGHOST:host} %{WORD:program}: %{GREEDYDATA:message}')
LOCATION 's3://syslog-bucket/';
