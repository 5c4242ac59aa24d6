// SPDX-License-Identifier: Apache-2.0
// Puts one message into a topic: java -cp 'lib/*' PutMessage.java BROKERS TOPIC KEY VALUE_IN_BASE64
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

class PutMessage {
  public static void main(String[] words) throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", words[0]);
    try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(words[1], words[2], Base64.getDecoder().decode(words[3]))).get();
    }
  }
}
