using System.Text;
using System.Text.Json;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>What is done to a field or item of a message.</summary>
internal enum FieldChange
{
    Remove,
    Replace,
    Borrow,
    Repeat,
    Nest,
    Twice,
    TwiceWithOther,
    Rename,
    Add,
    OtherType,
    Wrap,
}

/// <summary>What is done to the bytes of a message.</summary>
internal enum ByteChange
{
    Cut,
    Flip,
    Drop,
    Insert,
    NoUtf8,
    Pad,
    SayTwice,
    Mark,
}

/// <summary>A change of a message's fields.</summary>
/// <param name="Change">What is done.</param>
/// <param name="Where">To which place; any number stands for one.</param>
/// <param name="What">With what; any number stands for something.</param>
internal sealed record FieldMutation(FieldChange Change, int Where, int What)
{
    /// <summary>What a value that is repeated comes to at most: four times a message. Repeated once more, it would be hundreds of megabytes.</summary>
    private const int MostRepeated = 262_144;

    private static readonly int[] Counts = [0, 2, 999, 1_000, 1_001, 3_000];

    public void Apply(JsonText message)
    {
        var places = message.Places().ToList();
        if (places.Count == 0) return;

        var (parent, index) = places[Where % places.Count];
        var (name, value) = parent.Children[index];
        switch (Change)
        {
            case FieldChange.Remove: parent.Children.RemoveAt(index); break;
            case FieldChange.Replace: parent.Children[index] = (name, Hostile); break;
            case FieldChange.Borrow: parent.Children[index] = (name, JsonText.Raw(Pick(Samples.Values))); break;
            case FieldChange.Repeat: parent.Children[index] = (name, Repeated(value)); break;
            case FieldChange.Nest: parent.Children[index] = (name, Nested(value)); break;
            case FieldChange.Twice: parent.Children.Insert(index, (name, value)); break;
            case FieldChange.TwiceWithOther: parent.Children.Insert(index, (name, Hostile)); break;
            case FieldChange.Rename when parent.IsObject: parent.Children[index] = (Pick(HostileText.Names), value); break;
            case FieldChange.Add: parent.Children.Insert(index, (parent.IsObject ? Pick(HostileText.Names) : "", Hostile)); break;
            case FieldChange.OtherType: message.Children[0] = ("\"type\"", JsonText.Raw(Pick(Samples.Types))); break;
            case FieldChange.Wrap: WrapFields(message); break;
        }
    }

    private JsonText Hostile => JsonText.Raw(What % 20 == 0 ? HostileText.LongValues[What / 20 % HostileText.LongValues.Length] : Pick(HostileText.Values));

    private string Pick(string[] texts) => texts[What % texts.Length];

    private JsonText Repeated(JsonText value)
    {
        var items = JsonText.Array();
        var most = Math.Max(2, MostRepeated / Math.Max(1, value.ToString().Length));
        items.Children.AddRange(Enumerable.Repeat(("", value), Math.Min(most, Counts[What % Counts.Length])));
        return items;
    }

    private JsonText Nested(JsonText value)
    {
        for (var i = What % 40; i >= 0; i--)
        {
            var outer = What % 2 == 0 ? JsonText.Object() : JsonText.Array();
            outer.Children.Add((outer.IsObject ? "\"name\"" : "", value));
            value = outer;
        }

        return value;
    }

    private static void WrapFields(JsonText message)
    {
        var wrapped = JsonText.Object();
        wrapped.Children.AddRange(message.Children.Skip(1));
        message.Children.RemoveRange(1, message.Children.Count - 1);
        message.Children.Add(("\"payload\"", wrapped));
    }
}

/// <summary>A change of a message's bytes; the numbers as in <see cref="FieldMutation"/>.</summary>
internal sealed record ByteMutation(ByteChange Change, int Where, int What)
{
    private static readonly int[] Lengths = [65_535, 65_536, 65_537, 70_000, 140_000];

    public byte[] Apply(byte[] bytes)
    {
        var at = bytes.Length == 0 ? 0 : Where % bytes.Length;
        return Change switch
        {
            ByteChange.Cut => bytes[..at],
            ByteChange.Flip when bytes.Length > 0 => [.. bytes[..at], (byte)(bytes[at] ^ (1 << (What % 8))), .. bytes[(at + 1)..]],
            ByteChange.Drop when bytes.Length > 0 => [.. bytes[..at], .. bytes[(at + 1)..]],
            ByteChange.Insert => [.. bytes[..at], (byte)What, .. bytes[at..]],
            ByteChange.NoUtf8 => [.. bytes[..at], .. HostileText.NoUtf8[What % HostileText.NoUtf8.Length], .. bytes[at..]],
            ByteChange.Pad when What % 4 == 0 => [.. bytes, .. Encoding.ASCII.GetBytes(new string(' ', Math.Max(0, Lengths[What / 4 % Lengths.Length] - bytes.Length)))],
            ByteChange.SayTwice => [.. bytes, .. bytes],
            ByteChange.Mark => [0xef, 0xbb, 0xbf, .. bytes],
            _ => bytes,
        };
    }
}

/// <summary>A request of protocol.md and what is done to it.</summary>
/// <param name="Sample">The request, with its places for names.</param>
/// <param name="Fields">What is done to its fields.</param>
/// <param name="Bytes">What is done to its bytes then.</param>
/// <param name="Frames">In how many frames it is sent.</param>
internal sealed record HostileInput(string Sample, FieldMutation[] Fields, ByteMutation[] Bytes, int Frames)
{
    public byte[] Make(Func<string, string> named)
    {
        var text = named(Sample);
        if (Fields.Length > 0 && text.StartsWith('{'))
        {
            var message = JsonText.Of(JsonDocument.Parse(text).RootElement);
            foreach (var mutation in Fields) mutation.Apply(message);
            text = message.ToString();
        }

        return Bytes.Aggregate(Encoding.UTF8.GetBytes(text), (bytes, mutation) => mutation.Apply(bytes));
    }

    public override string ToString() => $"{Sample} {string.Join(' ', Fields.AsEnumerable<object>().Concat(Bytes))} in {Frames}";
}
