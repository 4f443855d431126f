#include "attribution/service_ports.h"

#include <algorithm>
#include <array>

namespace flowtrail::attribution {
namespace {

constexpr std::array kServicePorts = {
    1080,   // SOCKS
    1194,   // OpenVPN
    1433,   // SQL Server
    1434,   // SQL Server browser
    1521,   // Oracle
    1701,   // L2TP
    1723,   // PPTP
    1812,   // RADIUS
    1813,   // RADIUS accounting
    1883,   // MQTT
    2049,   // NFS
    2181,   // ZooKeeper
    2375,   // Docker
    2376,   // Docker with TLS
    2379,   // etcd
    2380,   // etcd peers
    2484,   // Oracle with TLS
    3000,   // Grafana and many application servers
    3128,   // Squid
    3268,   // Global Catalog
    3269,   // Global Catalog with TLS
    3306,   // MySQL
    3389,   // RDP
    4369,   // Erlang port mapper
    4443,   // HTTPS, alternative
    4500,   // IPsec NAT traversal
    5000,   // application servers
    5044,   // Beats
    5060,   // SIP
    5061,   // SIP with TLS
    5432,   // PostgreSQL
    5439,   // Redshift
    5601,   // Kibana
    5671,   // AMQP with TLS
    5672,   // AMQP
    5900,   // VNC
    5985,   // WinRM
    5986,   // WinRM with TLS
    6379,   // Redis
    6443,   // Kubernetes API
    6667,   // IRC
    7000,   // Cassandra peers
    7001,   // WebLogic
    7199,   // Cassandra JMX
    7473,   // Neo4j with TLS
    7474,   // Neo4j
    7687,   // Neo4j Bolt
    8000,   // HTTP, alternative
    8008,   // HTTP, alternative
    8080,   // HTTP, alternative
    8081,   // HTTP, alternative
    8086,   // InfluxDB
    8088,   // HTTP, alternative
    8089,   // Splunk
    8125,   // StatsD
    8182,   // Neptune
    8300,   // Consul
    8301,   // Consul
    8443,   // HTTPS, alternative
    8500,   // Consul
    8834,   // Nessus
    8883,   // MQTT with TLS
    8888,   // HTTP, alternative
    9000,   // application servers
    9042,   // Cassandra
    9090,   // Prometheus
    9092,   // Kafka
    9093,   // Kafka, Alertmanager
    9094,   // Kafka with TLS
    9096,   // Kafka with SASL
    9098,   // Kafka with IAM
    9100,   // node exporter, printers
    9200,   // Elasticsearch
    9300,   // Elasticsearch peers
    9418,   // git
    9443,   // HTTPS, alternative
    9999,   // application servers
    10000,  // Webmin
    10050,  // Zabbix agent
    10051,  // Zabbix server
    10250,  // kubelet
    10255,  // kubelet, read-only
    11211,  // memcached
    15672,  // RabbitMQ management
    20048,  // NFS mount
    25565,  // Minecraft
    25672,  // RabbitMQ peers
    26379,  // Redis Sentinel
    27017,  // MongoDB, DocumentDB
    27018,  // MongoDB shards
    27019,  // MongoDB configuration
    28017,  // MongoDB status
};
constexpr int kFirstUnprivileged = 1024;
constexpr int kFirstEphemeral = 32768;
// Clients draw their ports from the ephemeral ones, services or not: a port of those proves nothing.
static_assert(std::ranges::is_sorted(kServicePorts) && kServicePorts.back() < kFirstEphemeral);

}  // namespace

bool known_service_port(int port) {
  return std::ranges::binary_search(kServicePorts, port);
}

int service_rank(int port, bool seen_answering) {
  if (port < kFirstUnprivileged) return 0;
  if (seen_answering || known_service_port(port)) return 1;
  return port < kFirstEphemeral ? 2 : 3;
}

}  // namespace flowtrail::attribution
