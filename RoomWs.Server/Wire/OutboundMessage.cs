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
    /// <summary>Fields of so many bytes are shared by all frames. Shorter ones are copied, which takes less than a second piece to send.</summary>
    private const int SharedFrom = 4_096;

    private readonly Func<ServerMessage>? _make;
    private readonly int _expectedBytes;
    private EncodedFields? _encoded;
    private byte[]? _event;

    /// <summary>A message that is made and encoded when it is first needed, because a newer one may replace it before.</summary>
    /// <param name="type">The type.</param>
    /// <param name="expectedBytes">The approximate length of the frame. 0 to encode the message when its length is asked for.</param>
    /// <param name="make">Makes the record.</param>
    public OutboundMessage(string type, int expectedBytes, Func<ServerMessage> make) => (Type, _expectedBytes, _make) = (type, expectedBytes, make);

    /// <summary>A stored reply to an earlier request.</summary>
    public OutboundMessage(string type, byte[] body) => (Type, _encoded) = (type, new EncodedFields(body, FieldsAt: 1));

    public string Type { get; }

    /// <summary>The JSON object without type and correlationId, for the idempotency record.</summary>
    public byte[] Body
    {
        get
        {
            if (_encoded is null) _ = Event;
            return [(byte)'{', .. _encoded!.Span];
        }
    }

    /// <summary>The length of the event, or an estimate before it is encoded.</summary>
    public override int EventBytes => _event?.Length ?? (_expectedBytes > 0 ? _expectedBytes : Event.Length);

    /// <summary>The frame without a correlationId, which all receivers of the event share.</summary>
    public override byte[] Event => _event ??= MakeEvent();

    private static ReadOnlySpan<byte> Prefix => "{\"type\":\""u8;

    private static ReadOnlySpan<byte> IdPrefix => ",\"correlationId\":"u8;

    public static implicit operator OutboundMessage(ServerMessage message) => new(message.Type, expectedBytes: 0, () => message);

    /// <summary>The frame of a reply. The fields of a large message are not copied for it.</summary>
    public OutboundFrame Reply(CorrelationId correlationId)
    {
        if (correlationId.IsAbsent) return Event;
        return _encoded is { } encoded ? Frame(correlationId, encoded) : Encode(correlationId);
    }

    private byte[] MakeEvent() => _encoded is { } encoded ? Whole(default, encoded.Span) : Encode(default).Head;

    private OutboundFrame Encode(CorrelationId correlationId)
    {
        using var buffer = new EncodingBuffer();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = ProtocolJson.Wire.Options.Encoder, SkipValidation = true }))
        {
            var message = _make!();
            JsonSerializer.Serialize(writer, message, message.GetType(), ProtocolJson.Wire);
        }

        var fields = buffer.Written[1..];
        var isShared = fields.Length >= SharedFrom;
        // Of a large message the event first, so that it and all replies have the same bytes.
        var whole = Whole(isShared ? default : correlationId, fields);
        var encoded = new EncodedFields(whole, whole.Length - fields.Length);
        _encoded = encoded;
        if (!isShared || correlationId.IsAbsent) return whole;
        _event = whole;
        return Frame(correlationId, encoded);
    }

    private OutboundFrame Frame(CorrelationId correlationId, EncodedFields encoded) =>
        encoded.Length < SharedFrom ? Whole(correlationId, encoded.Span) : new OutboundFrame(Begin(correlationId, encoded.Length, space: 0).Frame, encoded);

    private byte[] Whole(CorrelationId correlationId, ReadOnlySpan<byte> fields)
    {
        var (frame, at) = Begin(correlationId, fields.Length, space: fields.Length);
        Append(frame, at, fields);
        return frame;
    }

    /// <summary>Makes all of a frame that comes before its fields, with space behind it. Returns also where the space begins.</summary>
    private (byte[] Frame, int At) Begin(CorrelationId correlationId, int fieldBytes, int space)
    {
        // The type is ASCII and the correlationId is JSON already, so their lengths are known and nothing needs escaping.
        var id = correlationId.Json.Span;
        var beforeFields = Prefix.Length + Type.Length + 1 + (id.Length > 0 ? IdPrefix.Length + id.Length : 0) + (fieldBytes > 1 ? 1 : 0);
        var length = beforeFields + fieldBytes;
        var frame = GC.AllocateUninitializedArray<byte>(FrameHeader.LengthFor(length) + beforeFields + space);

        var at = FrameHeader.Write(frame, length);
        at = Append(frame, at, Prefix);
        at += System.Text.Encoding.ASCII.GetBytes(Type, frame.AsSpan(at));
        frame[at++] = (byte)'"';
        if (id.Length > 0)
        {
            at = Append(frame, at, IdPrefix);
            at = Append(frame, at, id);
        }

        if (fieldBytes > 1) frame[at++] = (byte)',';
        return (frame, at);
    }

    private static int Append(byte[] frame, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(frame.AsSpan(at));
        return at + bytes.Length;
    }
}
