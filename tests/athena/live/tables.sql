-- The tables over the data beside this file, as they are declared on Athena. trino.sql declares the same for Trino.

CREATE EXTERNAL TABLE flow2 (
  version int,
  account_id string,
  interface_id string,
  srcaddr string,
  dstaddr string,
  srcport int,
  dstport int,
  protocol bigint,
  packets bigint,
  bytes bigint,
  `start` bigint,
  `end` bigint,
  action string,
  log_status string
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://live-bucket/flow2/'
TBLPROPERTIES ('skip.header.line.count'='1');

CREATE EXTERNAL TABLE flow5 (
  version int,
  account_id string,
  interface_id string,
  srcaddr string,
  dstaddr string,
  srcport int,
  dstport int,
  protocol bigint,
  packets bigint,
  bytes bigint,
  `start` bigint,
  `end` bigint,
  action string,
  log_status string,
  vpc_id string,
  subnet_id string,
  instance_id string,
  tcp_flags int,
  type string,
  pkt_srcaddr string,
  pkt_dstaddr string,
  region string,
  az_id string,
  sublocation_type string,
  sublocation_id string,
  pkt_src_aws_service string,
  pkt_dst_aws_service string,
  flow_direction string,
  traffic_path int
)
PARTITIONED BY (aws_region string, `day` date)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ' '
LOCATION 's3://live-bucket/flow5/'
TBLPROPERTIES ('skip.header.line.count'='1');

MSCK REPAIR TABLE flow5;

CREATE EXTERNAL TABLE trail (
  eventversion string,
  useridentity struct<type:string, principalid:string, arn:string, accountid:string, invokedby:string, accesskeyid:string, username:string,
    sessioncontext:struct<attributes:struct<mfaauthenticated:string, creationdate:string>,
      sessionissuer:struct<type:string, principalid:string, arn:string, accountid:string, username:string>>>,
  eventtime string,
  eventsource string,
  eventname string,
  awsregion string,
  sourceipaddress string,
  useragent string,
  errorcode string,
  errormessage string,
  requestparameters string,
  responseelements string,
  additionaleventdata string,
  requestid string,
  eventid string,
  readonly string,
  resources array<struct<arn:string, accountid:string, type:string>>,
  eventtype string,
  recipientaccountid string,
  tlsdetails struct<tlsversion:string, ciphersuite:string, clientprovidedhostheader:string>
)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
LOCATION 's3://live-bucket/trail/';

CREATE EXTERNAL TABLE trail_lines (
  eventversion string,
  useridentity struct<type:string, arn:string, username:string>,
  eventtime timestamp,
  eventname string,
  useragent string,
  errorcode string,
  errormessage string,
  requestparameters struct<bucketname:string, key:string, groupid:string, maxresults:int, durationseconds:bigint, instancetype:string>,
  additionaleventdata map<string,string>,
  readonly boolean,
  managementevent boolean,
  resources array<struct<arn:string, type:string>>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://live-bucket/trail_lines/';

CREATE EXTERNAL TABLE alb (
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
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*):([0-9]*) ([^ ]*)[:-]([0-9]*) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (|[-0-9]*) (-|[-0-9]*) ([-0-9]*) ([-0-9]*) \"([^ ]*) (.*) (- |[^ ]*)\" \"([^\"]*)\" ([A-Z0-9-_]+) ([A-Za-z0-9.-]*) ([^ ]*) \"([^\"]*)\".*')
LOCATION 's3://live-bucket/alb/';

CREATE EXTERNAL TABLE s3_access (
  bucketowner string,
  bucket_name string,
  requestdatetime string,
  remoteip string,
  requester string,
  requestid string,
  operation string,
  `key` string,
  request_uri string,
  httpstatus string,
  errorcode string,
  bytessent bigint,
  objectsize bigint,
  totaltime string,
  turnaroundtime string,
  referrer string,
  useragent string,
  versionid string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES (
  'input.regex' = '([^ ]*) ([^ ]*) \\[(.*?)\\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (\"[^\"]*\"|-) (-|[0-9]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (\"[^\"]*\"|-) (\"[^\"]*\"|-) ([^ ]*).*$')
LOCATION 's3://live-bucket/s3/';

CREATE EXTERNAL TABLE waf (
  `timestamp` bigint,
  formatversion int,
  webaclid string,
  terminatingruleid string,
  terminatingruletype string,
  action string,
  terminatingrulematchdetails array<struct<conditiontype:string, sensitivitylevel:string, location:string, matcheddata:array<string>>>,
  httpsourcename string,
  httpsourceid string,
  rulegrouplist array<struct<rulegroupid:string,
    terminatingrule:struct<ruleid:string, action:string, rulematchdetails:array<struct<conditiontype:string, location:string, matcheddata:array<string>>>>,
    nonterminatingmatchingrules:array<struct<ruleid:string, action:string>>, excludedrules:string>>,
  ratebasedrulelist array<struct<ratebasedruleid:string, limitkey:string, maxrateallowed:int>>,
  nonterminatingmatchingrules array<struct<ruleid:string, action:string>>,
  httprequest struct<clientip:string, country:string, headers:array<struct<name:string, value:string>>, uri:string, args:string,
    httpversion:string, httpmethod:string, requestid:string>,
  labels array<struct<name:string>>
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://live-bucket/waf/';

CREATE EXTERNAL TABLE dns (
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
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://live-bucket/dns/';

CREATE EXTERNAL TABLE dns_hive (
  version string,
  query_name string,
  query_type string,
  rcode string,
  answers array<struct<rdata:string, type:string, class:string>>,
  srcaddr string,
  srcids map<string, string>
)
ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
LOCATION 's3://live-bucket/dns/';

CREATE EXTERNAL TABLE cdn (
  `date` date,
  time string,
  x_edge_location string,
  sc_bytes bigint,
  c_ip string,
  cs_method string,
  cs_host string,
  cs_uri_stem string,
  sc_status int,
  cs_referrer string,
  cs_user_agent string,
  cs_uri_query string,
  x_edge_result_type string,
  cs_bytes bigint,
  time_taken double,
  ssl_protocol string
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t'
LOCATION 's3://live-bucket/cdn/'
TBLPROPERTIES ('skip.header.line.count' = '2');

CREATE EXTERNAL TABLE assets (
  address string,
  owner string,
  cost_centre string,
  note string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\')
LOCATION 's3://live-bucket/assets/'
TBLPROPERTIES ('skip.header.line.count' = '1');
