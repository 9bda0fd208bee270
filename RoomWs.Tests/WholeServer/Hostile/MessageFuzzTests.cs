using FluentAssertions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using RoomWs.Server.Configuration;
using RoomWs.Tests.Support;

namespace RoomWs.Tests.WholeServer.Hostile;

/// <summary>
/// Whatever is made of the requests that protocol.md shows, each gets its one answer or the close of the rule, and the server and the other
/// clients go on as if nothing had been.
/// </summary>
internal sealed class MessageFuzzTests : EndToEndTest
{
    private const int Stages = 8;
    private const int InputsOfCase = 30 * Stages;

    /// <summary>Several at once, for the changes that they ask for can be stored together then.</summary>
    private HostileStage[] _stages = [];

    private static readonly Gen<HostileInput> Inputs =
        from sample in Gen.Elements(Samples.All)
        from fields in Gen.Choose(0, 3).SelectMany(count => FieldMutations.ArrayOf(count))
        from bytes in Gen.Frequency((3, Gen.Constant(0)), (1, Gen.Choose(1, 2))).SelectMany(count => ByteMutations.ArrayOf(count))
        from frames in Gen.Frequency((4, Gen.Constant(1)), (1, Gen.Choose(2, 6)))
        select new HostileInput(sample, fields, bytes, frames);

    private static Gen<FieldMutation> FieldMutations =>
        from change in Gen.Elements(Enum.GetValues<FieldChange>())
        from place in Gen.Choose(0, 1_000)
        from what in Gen.Choose(0, 100_000)
        select new FieldMutation(change, place, what);

    private static Gen<ByteMutation> ByteMutations =>
        from change in Gen.Elements(Enum.GetValues<ByteChange>())
        from place in Gen.Choose(0, 1_000)
        from what in Gen.Choose(0, 100_000)
        select new ByteMutation(change, place, what);

    protected override void Configure(RoomWsOptions options)
    {
        // The key of protocol.md, so that its token holds.
        options.JwtSecret = "a secret of thirty-two bytes or more";
        (options.Limits.RoomsPerUser, options.Limits.AddedRoomsPerUser) = (0, 0);
    }

    [SetUp]
    public void SetTheStages() => _stages = [.. Enumerable.Range(0, Stages).Select(number => new HostileStage(Server, number))];

    [TearDown]
    public void Leave() => Array.ForEach(_stages, stage => stage.Dispose());

    [Test]
    public void Any_mutation_of_any_request_gets_its_one_answer_or_the_close_of_the_rule()
    {
        var cases =
            from hasIdentity in Gen.Elements(true, true, true, true, false)
            from inputs in Inputs.ArrayOf(InputsOfCase)
            select (HasIdentity: hasIdentity, Inputs: inputs);

        Prop.ForAll(Arb.From(cases, Shorter), one => PlayAsync(one.HasIdentity, one.Inputs).GetAwaiter().GetResult().Should().BeEmpty())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Rounds(shortRun: 20, longRun: 600)));

        SumUp("Hostile messages");
    }

    [Test]
    public async Task Any_request_cut_at_any_byte_and_with_any_byte_damaged_gets_its_one_answer_or_the_close_of_the_rule()
    {
        foreach (var sample in Samples.All)
        {
            // Names are longer than their places, so this is past the end of some, and cuts off nothing of others twice.
            var inputs = Enumerable.Range(0, sample.Length + 20).SelectMany(at => (HostileInput[])
            [
                new(sample, [], [new ByteMutation(ByteChange.Cut, at, 0)], 1),
                new(sample, [], [new ByteMutation(ByteChange.Flip, at, at)], 1),
            ]);
            foreach (var some in inputs.Chunk(InputsOfCase)) (await PlayAsync(hasIdentity: true, some)).Should().BeEmpty();
        }

        SumUp("Damaged messages");
    }

    private async Task<List<string>> PlayAsync(bool hasIdentity, HostileInput[] inputs)
    {
        // Who has no identity may take on that of a user who is in other scenes, too, and would be told what happens there.
        var count = hasIdentity ? Stages : 1;
        var faults = await Task.WhenAll(inputs.Chunk((inputs.Length / count) + 1).Zip(_stages, (some, stage) => Task.Run(() => stage.PlayAsync(hasIdentity, some))));
        return [.. faults.SelectMany(some => some)];
    }

    private void SumUp(string what)
    {
        var (tried, closed) = (_stages.Sum(stage => stage.Tried), _stages.Sum(stage => stage.Closed));
        HostileLog.Check(Server.Log, closed);
        TestContext.Progress.WriteLine($"{what}: {tried} inputs tried, {closed} of them closed the connection by the rule, bad answers: 0");
    }

    private static IEnumerable<(bool HasIdentity, HostileInput[] Inputs)> Shorter((bool HasIdentity, HostileInput[] Inputs) one) =>
        Enumerable.Range(0, one.Inputs.Length).Select(i => (one.HasIdentity, (HostileInput[])[.. one.Inputs[..i], .. one.Inputs[(i + 1)..]]));
}
