"""Sends messages to an LLM system over RabbitMQ and prints the replies, in the way of a tutorial: pika, one queue, JSON."""
import json
import sys

import pika

port, count = int(sys.argv[1]), int(sys.argv[2])
connection = pika.BlockingConnection(pika.ConnectionParameters(host='127.0.0.1', port=port))
channel = connection.channel()
channel.queue_declare(queue='llm_queue')
channel.queue_declare(queue='llm_reply_queue')

for number in range(count):
    message = {'type': 'text', 'content': f'Hello, this is message {number}', 'id': number}
    channel.basic_publish(exchange='', routing_key='llm_queue', body=json.dumps(message))

received = 0


def on_reply(ch, method, properties, body):
    global received
    reply = json.loads(body)
    print(reply['id'], reply['status'], reply['result'], flush=True)
    ch.basic_ack(delivery_tag=method.delivery_tag)
    received += 1
    if received == count:
        ch.stop_consuming()


channel.basic_consume(queue='llm_reply_queue', on_message_callback=on_reply)
channel.start_consuming()
connection.close()
