using System.Text.Json;
using RoomWs.Protocol;

namespace RoomWs.Server.Wire;

/// <summary>
/// A message with its encoding, which is made once for all receivers. A frame is the JSON object of the record, with the type and in a reply
/// also the correlationId before its first field. Once there is one frame, any other is made from its bytes.
/// May be used from any thread: two threads that make the same frame at once make equal ones.
/// </summary>
internal sealed class OutboundMessage : DeferredFrame
{
    private readonly Func<ServerMessage>? _make;
    private readonly int _expectedBytes;
    private Encoded? _encoded;
    private byte[]? _event;

    /// <summary>A message that is made and encoded when it is first needed, because a newer one may replace it before.</summary>
    /// <param name="type">The type.</param>
    /// <param name="expectedBytes">The approximate length of the frame. 0 to encode the message when its length is asked for.</param>
    /// <param name="make">Makes the record.</param>
    public OutboundMessage(string type, int expectedBytes, Func<ServerMessage> make) => (Type, _expectedBytes, _make) = (type, expectedBytes, make);

    /// <summary>A stored reply to an earlier request.</summary>
    public OutboundMessage(string type, byte[] body) => (Type, _encoded) = (type, new Encoded(body, FieldsAt: 1));

    public string Type { get; }

    /// <summary>The JSON object without type and correlationId, for the idempotency record.</summary>
    public byte[] Body
    {
        get
        {
            if (_encoded is null) _ = Event;
            return [(byte)'{', .. _encoded!.Fields];
        }
    }

    /// <summary>The length of the event, or an estimate before it is encoded.</summary>
    public override int EventBytes => _event?.Length ?? (_expectedBytes > 0 ? _expectedBytes : Event.Length);

    /// <summary>The frame without a correlationId, which all receivers of the event share.</summary>
    public override byte[] Event => _event ??= Frame(default);

    private static ReadOnlySpan<byte> Prefix => "{\"type\":\""u8;

    private static ReadOnlySpan<byte> IdPrefix => ",\"correlationId\":"u8;

    public static implicit operator OutboundMessage(ServerMessage message) => new(message.Type, expectedBytes: 0, () => message);

    public byte[] Reply(CorrelationId correlationId) => correlationId.IsAbsent ? Event : Frame(correlationId);

    private byte[] Frame(CorrelationId correlationId)
    {
        if (_encoded is { } encoded) return Frame(correlationId, encoded.Fields);

        using var buffer = new EncodingBuffer();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ProtocolJson.Wire.Options.Encoder, SkipValidation = true }))
        {
            var message = _make!();
            JsonSerializer.Serialize(writer, message, message.GetType(), ProtocolJson.Wire);
        }

        var fields = buffer.Written[1..];
        var frame = Frame(correlationId, fields);
        _encoded = new Encoded(frame, frame.Length - fields.Length);
        return frame;
    }

    private byte[] Frame(CorrelationId correlationId, ReadOnlySpan<byte> fields)
    {
        // The type is ASCII and the correlationId is JSON already, so their lengths are known and nothing needs escaping.
        var id = correlationId.Json.Span;
        var length = Prefix.Length + Type.Length + 1 + (id.Length > 0 ? IdPrefix.Length + id.Length : 0) + (fields.Length > 1 ? 1 : 0) + fields.Length;
        var frame = GC.AllocateUninitializedArray<byte>(FrameHeader.LengthFor(length) + length);

        var at = FrameHeader.Write(frame, length);
        at = Append(frame, at, Prefix);
        at += System.Text.Encoding.ASCII.GetBytes(Type, frame.AsSpan(at));
        frame[at++] = (byte)'"';
        if (id.Length > 0)
        {
            at = Append(frame, at, IdPrefix);
            at = Append(frame, at, id);
        }

        if (fields.Length > 1) frame[at++] = (byte)',';
        Append(frame, at, fields);
        return frame;
    }

    private static int Append(byte[] frame, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(frame.AsSpan(at));
        return at + bytes.Length;
    }

    /// <summary>Bytes that end with the fields of the record and its closing brace. The fields start at <paramref name="FieldsAt"/>.</summary>
    private sealed record Encoded(byte[] Bytes, int FieldsAt)
    {
        public ReadOnlySpan<byte> Fields => Bytes.AsSpan(FieldsAt);
    }
}
