using System.Text.Json;
using RoomWs.Protocol.Connection;
using RoomWs.Server.Wire;

namespace RoomWs.Server.Dispatch;

/// <summary>The fields that every request can have beside those of its type. They are read without parsing the rest into objects.</summary>
internal struct Envelope
{
    private const int MaxIdempotencyKeyLength = 128;

    private bool _hasType;

    /// <summary>The refusal of a message that has an object named payload when its command has no such field.</summary>
    public static readonly ErrorReply FieldsAreWrapped =
        FieldRules.Invalid("payload must not wrap the fields: put them beside type, as in {\"type\":\"ROOM_CREATE\",\"name\":\"x\"}.");

    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 32 };

    public string Type { get; private set; }

    public CorrelationId CorrelationId { get; private set; }

    public string? IdempotencyKey { get; private set; }

    /// <summary>Whether the message has an object named payload.</summary>
    public bool WrapsFields { get; private set; }

    /// <summary>Reads the envelope. Returns the refusal if it is broken; the correlationId is set even then, if it could be read.</summary>
    public static ErrorReply? Read(ReadOnlyMemory<byte> message, out Envelope envelope)
    {
        envelope = new Envelope { Type = "" };
        try
        {
            return envelope.ReadFields(message);
        }
        catch (JsonException fault)
        {
            return FieldRules.Invalid($"The message is not valid JSON (line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}), or nested deeper than {Strict.MaxDepth} levels.");
        }
        catch (InvalidOperationException)
        {
            // The reader throws this for a string with half a surrogate pair, which is valid JSON but not valid text.
            return FieldRules.Invalid("The message holds a string with an incomplete \\u escape pair.");
        }
    }

    private ErrorReply? ReadFields(ReadOnlyMemory<byte> message)
    {
        var reader = new Utf8JsonReader(message.Span, Strict);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return FieldRules.Invalid("A message is one JSON object, such as {\"type\":\"PING\"}.");

        ErrorReply? fault = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8)) fault ??= _hasType ? Twice("type") : ReadType(ref reader);
            else if (reader.ValueTextEquals("correlationId"u8))
            {
                // Read it even after a fault: the ERROR carries it, wherever in the message it stands.
                var unfit = CorrelationId.IsAbsent ? ReadCorrelationId(ref reader, message) : Twice("correlationId");
                fault ??= unfit;
            }
            else if (reader.ValueTextEquals("idempotencyKey"u8)) fault ??= IdempotencyKey is not null ? Twice("idempotencyKey") : ReadIdempotencyKey(ref reader);
            else if (reader.ValueTextEquals("payload"u8)) WrapsFields = IsObject(ref reader);
            reader.Skip();
        }

        // Only white space may follow the object. The reader throws for anything else.
        reader.Read();
        if (fault is not null) return fault;
        return Type.Length == 0 ? FieldRules.Invalid("type is missing; it names what is asked for, such as \"PING\".") : null;
    }

    private ErrorReply? ReadType(ref Utf8JsonReader reader)
    {
        _hasType = true;
        reader.Read();
        if (reader.TokenType != JsonTokenType.String) return FieldRules.Invalid("type must be a string.");
        Type = reader.GetString()!;
        return null;
    }

    private ErrorReply? ReadCorrelationId(ref Utf8JsonReader reader, ReadOnlyMemory<byte> message)
    {
        reader.Read();
        var length = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!.Length,
            JsonTokenType.Number when reader.TryGetInt64(out _) => 1,
            _ => 0,
        };
        if (length is < 1 or > CorrelationId.MaxLength)
        {
            return FieldRules.Invalid($"correlationId must be a string of 1-{CorrelationId.MaxLength} characters or an integer.");
        }

        var start = (int)reader.TokenStartIndex;
        CorrelationId = new CorrelationId(message[start..(int)reader.BytesConsumed]);
        return null;
    }

    private ErrorReply? ReadIdempotencyKey(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String || reader.GetString() is not { Length: > 0 and <= MaxIdempotencyKeyLength } key)
        {
            return FieldRules.Invalid($"idempotencyKey must be a string of 1-{MaxIdempotencyKeyLength} characters.");
        }

        if (key.Contains('\0', StringComparison.Ordinal)) return FieldRules.Invalid("idempotencyKey must not hold U+0000.");

        IdempotencyKey = key;
        return null;
    }

    private static bool IsObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject;
    }

    private static ErrorReply Twice(string field) => FieldRules.Invalid($"{field} is there twice.");
}
