-- J1: records by source address, where the interface is one of 50 and the target port is 22.
SELECT srcaddr, count(*) AS count
FROM {flows}
WHERE interface_id IN ({interfaces}) AND dstport = 22 AND NOT contains(srcaddr, ':')
GROUP BY srcaddr
ORDER BY srcaddr
