// SPDX-License-Identifier: Apache-2.0
// Gives a topic more partitions, as an operator might: java -cp 'lib/*' AddPartitions.java BROKERS TOPIC HOW_MANY
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;

class AddPartitions {
  public static void main(String[] words) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", words[0]))) {
      admin.createPartitions(Map.of(words[1], NewPartitions.increaseTo(Integer.parseInt(words[2])))).all().get();
    }
  }
}
