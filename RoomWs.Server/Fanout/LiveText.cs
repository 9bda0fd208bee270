using System.Buffers;
using System.Text;
using System.Text.Json;
using RoomWs.Protocol;
using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>Some of what a node has to say, as it travels: each can be read without those before it.</summary>
/// <param name="From">How many facts the node had said before.</param>
/// <param name="To">How many it has said with these.</param>
/// <param name="Position">Up to where changes may have been told on the node before.</param>
/// <param name="Clock">The clock of the node.</param>
/// <param name="Facts">What it says.</param>
internal sealed record LiveText(long From, long To, long Position, long Clock, IReadOnlyList<LiveFact> Facts)
{
    private const int Format = 1;

    /// <summary>The bytes around and behind the last fact.</summary>
    private const int MostBehind = 32;

    private static readonly (LiveFactKind Kind, string Name)[] Names =
    [
        (LiveFactKind.Here, "here"), (LiveFactKind.Rooms, "rooms"), (LiveFactKind.AllRooms, "all"), (LiveFactKind.In, "in"), (LiveFactKind.Ask, "ask"), (LiveFactKind.Full, "full"), (LiveFactKind.Out, "out"),
        (LiveFactKind.Cursor, "c"), (LiveFactKind.CursorGone, "g"), (LiveFactKind.Typing, "t"), (LiveFactKind.TypingEnded, "e"),
    ];

    /// <summary>Writes facts into as many texts as they take.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="said">How many facts were said before.</param>
    /// <param name="position">The position to say.</param>
    /// <param name="clock">The clock to say.</param>
    public static List<string> Write(IEnumerable<LiveFact> facts, long said, long position, long clock)
    {
        var (texts, text, one, room) = (new List<string>(), new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>(), "");
        using var json = new Utf8JsonWriter(Stream.Null, new JsonWriterOptions { SkipValidation = true, Encoder = ProtocolJson.Wire.Options.Encoder });
        foreach (var fact in facts)
        {
            Encode(fact);
            if (text.WrittenCount > 0 && text.WrittenCount + one.WrittenCount + MostBehind > IBusMember.MaxBytes)
            {
                End();
                Encode(fact);
            }

            if (text.WrittenCount == 0) Begin();
            else text.Write(","u8);
            text.Write(one.WrittenSpan);
            said++;
            room = fact.RoomId;
        }

        if (text.WrittenCount > 0) End();
        return texts;

        void Begin() => text.Write(Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"format":{{Format}},"from":{{said}},"position":{{position}},"clock":{{clock}},"facts":[""")));

        void End()
        {
            text.Write(Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""],"to":{{said}}}""")));
            texts.Add(Encoding.UTF8.GetString(text.WrittenSpan));
            text.ResetWrittenCount();
            room = "";
        }

        void Encode(LiveFact fact)
        {
            one.ResetWrittenCount();
            // The room stands before its first fact.
            if (fact.RoomId != room)
            {
                Put(() => json.WriteStringValue(fact.RoomId));
                one.Write(","u8);
            }

            Put(() => Write(json, fact));
        }

        void Put(Action write)
        {
            json.Reset(one);
            write();
            json.Flush();
        }
    }

    /// <summary>Reads a text. Null if it is none, or of a format that came later.</summary>
    public static LiveText? Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            if (root.GetProperty("format").GetInt32() != Format) return null;
            return new LiveText(root.GetProperty("from").GetInt64(), root.GetProperty("to").GetInt64(), root.GetProperty("position").GetInt64(), root.GetProperty("clock").GetInt64(), FactsIn(root.GetProperty("facts")));
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, LiveFact fact)
    {
        json.WriteStartArray();
        json.WriteStringValue(Array.Find(Names, name => name.Kind == fact.Kind).Name);
        if (fact.UserId.Length > 0) json.WriteStringValue(fact.UserId);
        if (fact.Kind == LiveFactKind.Typing) json.WriteStringValue(fact.Username);
        if (fact.Kind is LiveFactKind.Cursor or LiveFactKind.CursorGone) json.WriteNumberValue(fact.Number);
        if (fact.Kind == LiveFactKind.CursorGone) json.WriteStringValue(fact.Node);
        if (fact.Kind == LiveFactKind.Cursor)
        {
            json.WriteNumberValue(fact.X);
            json.WriteNumberValue(fact.Y);
            json.WriteNumberValue(fact.At);
        }

        json.WriteEndArray();
    }

    private static List<LiveFact> FactsIn(JsonElement all)
    {
        var (facts, room) = (new List<LiveFact>(all.GetArrayLength()), "");
        foreach (var one in all.EnumerateArray())
        {
            if (one.ValueKind == JsonValueKind.String) room = one.GetString()!;
            // A kind that came later is none of this node's business.
            else if (Array.Find(Names, name => one[0].ValueEquals(name.Name)) is { Name: not null } known) facts.Add(Fact(known.Kind, room, one));
        }

        return facts;
    }

    private static LiveFact Fact(LiveFactKind kind, string room, JsonElement one) => kind switch
    {
        LiveFactKind.Cursor => new(kind, room, one[1].GetString()!) { Number = one[2].GetInt64(), X = one[3].GetDouble(), Y = one[4].GetDouble(), At = one[5].GetInt64() },
        LiveFactKind.CursorGone => new(kind, room, one[1].GetString()!) { Number = one[2].GetInt64(), Node = one[3].GetString()! },
        LiveFactKind.Typing => new(kind, room, one[1].GetString()!) { Username = one[2].GetString()! },
        LiveFactKind.TypingEnded => new(kind, room, one[1].GetString()!),
        _ => new(kind, room),
    };
}
