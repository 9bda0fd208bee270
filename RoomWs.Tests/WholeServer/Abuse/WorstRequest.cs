using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RoomWs.Server.Dispatch;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Abuse;

/// <summary>The request of a command that asks the most of the server within its contract.</summary>
/// <param name="Command">The command.</param>
/// <param name="Request">The request, with places for names as in <see cref="CommandSample"/>, and texts that end in <see cref="Numbered"/>.</param>
/// <param name="PastLimit">The same with one thing that is a little more than is allowed; null where only the length of the message bounds it.</param>
/// <param name="Spends">Whether the room is not there for it a second time.</param>
internal sealed record WorstRequest(Command Command, JsonObject Request, JsonObject? PastLimit, bool Spends)
{
    /// <summary>What stands where each request has another number, so that none says what was said before.</summary>
    public const string Numbered = "00000000";

    /// <summary>What all of the envelope's fields take of a message.</summary>
    public const int EnvelopeBytes = 400;

    private const int EnvelopeText = 128;

    private static readonly JsonWriterOptions Raw = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private long _texts;

    public bool Has(string place) => Request.ToJsonString().Contains($"\"{place}\"", StringComparison.Ordinal);

    /// <summary>One of these requests: each second under an idempotencyKey and a correlationId of the largest length, each tenth past the limit.</summary>
    public byte[] Make(long number, Func<string, bool, long, string> name) =>
        Write(number % 10 == 9 && PastLimit is not null ? PastLimit : Request, number, isDressed: number % 2 == 0, name);

    /// <summary>Writes a request of these fields.</summary>
    /// <param name="request">The request, with places.</param>
    /// <param name="number">The number of the request; requests under the same number are about the same things.</param>
    /// <param name="isDressed">Whether it has all fields of the envelope.</param>
    /// <param name="name">The name for a place, whether it stands in a list, and the number of the request or of the entry.</param>
    public byte[] Write(JsonObject request, long number, bool isDressed, Func<string, bool, long, string> name)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, Raw))
        {
            writer.WriteStartObject();
            foreach (var (field, value) in request)
            {
                writer.WritePropertyName(field);
                Write(writer, value, inList: false, number);
            }

            if (isDressed)
            {
                writer.WriteString("idempotencyKey", Fresh(new string('k', EnvelopeText - Numbered.Length) + Numbered));
                writer.WriteString("correlationId", Fresh(new string('c', EnvelopeText - Numbered.Length) + Numbered));
            }

            writer.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();

        void Write(Utf8JsonWriter writer, JsonNode? node, bool inList, long at)
        {
            switch (node)
            {
                case JsonObject fields:
                    writer.WriteStartObject();
                    foreach (var (field, value) in fields)
                    {
                        writer.WritePropertyName(field);
                        Write(writer, value, inList, at);
                    }

                    writer.WriteEndObject();
                    break;
                case JsonArray entries:
                    writer.WriteStartArray();
                    foreach (var (i, entry) in entries.Index()) Write(writer, entry, inList: true, i);
                    writer.WriteEndArray();
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                    var text = value.GetValue<string>();
                    writer.WriteStringValue(text.StartsWith('$') ? name(text, inList, at) : Fresh(text));
                    break;
                case null:
                    writer.WriteNullValue();
                    break;
                default:
                    node.WriteTo(writer);
                    break;
            }
        }
    }

    private string Fresh(string text) => text.EndsWith(Numbered, StringComparison.Ordinal)
        ? string.Concat(text.AsSpan(0, text.Length - Numbered.Length), Interlocked.Increment(ref _texts).ToString("D8", CultureInfo.InvariantCulture))
        : text;
}
